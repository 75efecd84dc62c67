"""Each file of the microsite by its address: made when it is asked for, the same bytes for the same state."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from wrapped_assets.serving.microsite.state import Planned, SiteState
from wrapped_assets.stories import microsite
from wrapped_assets.stories.catalogue import LANGUAGES
from wrapped_assets.stories.countdown import countdown_html
from wrapped_assets.stories.microsite import pages
from wrapped_assets.stories.microsite.data import Site, SiteYear

HTML = "text/html; charset=utf-8"
DEFAULT = "en"  # the language of an address that names none
_YEARLY = {"index": pages.year_html, "charts": pages.charts_html, "counted": pages.counted_html, "artists": pages.artists_html}
_PAGE = re.compile(
    r"(?:(?P<year>[0-9]{4})/)?(?:(?P<artist>artists/[0-9a-f]{12})|(?P<name>[a-z]+))(?:\.(?P<locale>[a-z]{2,3}))?\.html"
)


@dataclass(frozen=True)
class File:
    """One file as it is sent. Nothing of the microsite is about one listener, so that caches may keep it."""

    content: bytes
    kind: str
    language: str = ""
    is_countdown: bool = False  # a page with a script, which nobody may keep beyond the instant


def file_of(state: SiteState, now: datetime, key: str) -> File | None:
    """The file at an address such as `2025/charts.de.html`; None for an address that is none at that moment."""
    if key == "og.jpg":
        return File(_picture(), "image/jpeg")
    if key == "robots.txt":
        return File(b"User-agent: *\nAllow: /\n", "text/plain; charset=utf-8")
    found = _PAGE.fullmatch(key)
    if found is None or (found["locale"] or DEFAULT) not in LANGUAGES:
        return None
    site, locale = state.site(now), found["locale"] or DEFAULT
    waiting = _waiting_for(state, now, found)
    if waiting and waiting.launch_at:
        of, above = (waiting.year, waiting.launch_at), "../" if found["year"] else ""
        years = [] if found["year"] else [each.year for each in site.years]
        text = countdown_html(*of, None, locale, years=years, faces_in=f"{above}faces", url=site.url)
        return File(text.encode(), HTML, locale, is_countdown=True)
    shown = _shown(site, found, locale)
    return None if shown is None else File(shown.encode(), HTML, locale)


def _waiting_for(state: SiteState, now: datetime, asked: re.Match[str]) -> Planned | None:
    """The launch that the address counts down to: `index` to the next one, `YEAR/countdown` to that of its year."""
    if asked["artist"]:
        return None
    if asked["year"] is None:
        return state.coming(now) if asked["name"] == "index" else None
    ahead = (each for each in state.years if str(each.year) == asked["year"] and each.launch_at and now < each.launch_at)
    return next(ahead, None) if asked["name"] == "countdown" else None


def _shown(site: Site, asked: re.Match[str], locale: str) -> str | None:
    if asked["year"] is None:
        is_front = site.years and not asked["artist"] and asked["name"] == "index"
        return pages.front_html(site, locale) if is_front else None
    year = next((each for each in site.years if str(each.year) == asked["year"]), None)
    return _of_year(site, year, asked, locale) if year else None


def _of_year(site: Site, year: SiteYear, asked: re.Match[str], locale: str) -> str | None:
    if asked["artist"]:
        artist = year.artists.get(asked["artist"].removeprefix("artists/"))
        return pages.artist_html(site, year, artist, locale) if artist else None
    made = _YEARLY.get(asked["name"])
    return made(site, year, locale) if made else None


def keys_of(state: SiteState, now: datetime) -> Iterator[str]:
    """The address of every file that there is at `now`."""
    yield from ("og.jpg", "robots.txt")
    names = ["index"] if state.coming(now) or state.site(now).years else []
    names += [f"{each.year}/countdown" for each in state.years if each.launch_at and now < each.launch_at]
    for year in state.site(now).years:
        names += [f"{year.year}/{name}" for name in _YEARLY]
        names += [f"{year.year}/artists/{address}" for address in year.artists]
    for name in names:
        yield f"{name}.html"
        yield from (f"{name}.{locale}.html" for locale in LANGUAGES)


@cache
def _picture() -> bytes:
    return (Path(microsite.__file__).parent / "og.jpg").read_bytes()
