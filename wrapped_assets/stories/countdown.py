"""The page that stands for every story until its edition is launched: the time left, and the instant.

Without a script it shows what was left when it was sent, and asks again by itself. A script counts down, and says the instant by the
reader's clock. The policy allows this script alone, by its hash.
"""

from __future__ import annotations

from datetime import UTC, datetime

from wrapped_assets.faces.embedding import with_faces
from wrapped_assets.stories.language import Language, language_of
from wrapped_assets.stories.page import template
from wrapped_assets.stories.scripts import COUNTDOWN, policy_of, script

_ASKS_AGAIN = 300  # seconds, at most


def countdown_html(year: int, launch_at: datetime, now: datetime, locale: str) -> str:
    """The page as it is sent at `now`, before `launch_at`; both have a time zone."""
    told, launch = language_of(locale), launch_at.astimezone(UTC)
    seconds = max(0, -int((now - launch_at).total_seconds() // 1))
    page = template("countdown.html").render(
        policy=policy_of(COUNTDOWN), lang=told.tag, direction=told.cldr.text_direction, say=told.say, year=year, seconds=seconds,
        reload_after=min(seconds + 1, _ASKS_AGAIN), left=_left(told, seconds), day=told.day(launch.date()), time=f"{told.time(launch)} UTC",
        instant=launch.isoformat(timespec="seconds").replace("+00:00", "Z"), script=script(COUNTDOWN),
    )  # fmt: skip
    return with_faces(page)


def _left(told: Language, seconds: int) -> list[tuple[int, str, str]]:
    """Days, hours, minutes and seconds: the number, and its noun for one and for more."""
    numbers = {"days": seconds // 86400, "hours": seconds // 3600 % 24, "minutes": seconds // 60 % 60, "seconds": seconds % 60}
    return [(number, told.label(1, f"{unit} left"), told.label(2, f"{unit} left")) for unit, number in numbers.items()]
