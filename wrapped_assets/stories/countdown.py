"""The page that stands for every story until its edition is launched: the time left, and the instant.

Without a script it shows what was left when it was sent, and asks again by itself. A script counts down, and says the instant by the
reader's clock. The policy allows this script alone, by its hash.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from wrapped_assets.faces.embedding import with_faces
from wrapped_assets.stories.language import Language, language_of
from wrapped_assets.stories.scripts import COUNTDOWN, policy_of, script
from wrapped_assets.stories.templates import template

_ASKS_AGAIN = 300  # seconds, at most


def countdown_html(
    year: int, launch_at: datetime, now: datetime | None, locale: str, *, years: Sequence[int] = (), faces_in: str = "", url: str = ""
) -> str:
    """The page as it is sent at `now`, before `launch_at`; both have a time zone.

    Without `now` it is a file that a store keeps until the instant: its script asks the store for the time, and without a script it
    says the instant alone. `years` were launched already, and are linked; `faces_in` is the folder of the faces; `url` is the site's.
    """
    told, launch = language_of(locale), launch_at.astimezone(UTC)
    seconds = None if now is None else max(0, -int((now - launch_at).total_seconds() // 1))
    page = template("countdown.html").render(
        policy=countdown_policy(is_kept=now is None, faces_beside=bool(faces_in)), lang=told.tag, direction=told.cldr.text_direction,
        say=told.say, year=year, seconds=seconds, reload_after=_ASKS_AGAIN if seconds is None else min(seconds + 1, _ASKS_AGAIN),
        left=_left(told, seconds or 0), day=told.day(launch.date()), time=f"{told.time(launch)} UTC", years=years, locale=locale, url=url,
        instant=launch.isoformat(timespec="seconds").replace("+00:00", "Z"), script=script(COUNTDOWN),
    )  # fmt: skip
    return with_faces(page, folder=faces_in)


def countdown_policy(*, is_kept: bool, faces_beside: bool) -> str:
    """What the page may load and run; one that a store keeps may ask its own site for the time."""
    return policy_of(COUNTDOWN, faces_beside=faces_beside) + ("; connect-src 'self'" if is_kept else "")


def _left(told: Language, seconds: int) -> list[tuple[int, str, str]]:
    """Days, hours, minutes and seconds: the number, and its noun for one and for more."""
    numbers = {"days": seconds // 86400, "hours": seconds // 3600 % 24, "minutes": seconds // 60 % 60, "seconds": seconds % 60}
    return [(number, told.label(1, f"{unit} left"), told.label(2, f"{unit} left")) for unit, number in numbers.items()]
