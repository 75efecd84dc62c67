"""Which rendered pages a server may send at this moment, known without a question to the registry as long as nobody writes to it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from wrapped_assets.serving.rendered.changes import Changes
from wrapped_assets.serving.rendered.shelf import Shelf
from wrapped_assets.serving.rendered.standing import Standing
from wrapped_assets.storage import publications, registry
from wrapped_assets.storage.generations import Generation, generation
from wrapped_assets.storage.publications import Publication
from wrapped_assets.storage.root import Root

_PEOPLE_SECONDS = 0.25  # consents end by the clock, which no write says


class Page(NamedTuple):
    """A hash of what one page shows, those of its files, and those of what its listener's cards and playlists say and of their archive."""

    told: str
    br_hash: str
    gz_hash: str
    files: str | None
    files_hash: str | None


@dataclass(frozen=True)
class Pages:
    """The pages of one live publication that may be shown: their languages and what they are tagged with, by token."""

    shelf: Shelf
    published_at: datetime
    finished_at: int
    by_token: Mapping[str, Mapping[str, Page]]  # token → language


@dataclass
class Snapshot:
    """The state of one root, brought up to date before each answer."""

    root: Root
    pages: dict[int, Pages] = field(default_factory=dict)  # by year
    launches: dict[int, datetime] = field(default_factory=dict)
    _told_of: Generation | None = None
    _live: dict[int, Publication] = field(default_factory=dict)
    _asked_at: float = -1e9
    _changes: Changes | None = None

    def refresh(self) -> None:
        """Takes over what was written since the last answer: publications, launches, finished renderings, and what people said."""
        now = time.monotonic()
        self._changes = self._changes or Changes(self.root)
        if self._changes.since_last() or now - self._asked_at > _PEOPLE_SECONDS:
            self._asked_at = now
            self._live = publications.live(self.root)
            editions = registry.editions(self.root, self._live)
            self.launches = {year: edition.launch_at for year, edition in editions.items() if edition.launch_at}
            told_of = generation(self.root)
            if told_of != self._told_of:
                self.pages, self._told_of = {}, told_of
        standing: Standing | None = None
        for year in {*self.pages} - {*self._live}:
            del self.pages[year]
        for year, live in self._live.items():
            shelf, known = Shelf(self.root, year, live.number), self.pages.get(year)
            finished_at = shelf.finished_at
            if known is None or (known.published_at, known.finished_at) != (live.published_at, finished_at):
                standing = standing or Standing.now(self.root)
                by_token = _by_token(shelf, standing) if shelf.is_of(live) else {}
                self.pages[year] = Pages(shelf, live.published_at, finished_at, by_token)

    def has_launched(self, year: int, now: datetime) -> bool:
        """Whether the year's instant is over."""
        return year not in self.launches or self.launches[year] <= now


def _by_token(shelf: Shelf, standing: Standing) -> dict[str, dict[str, Page]]:
    found: dict[str, dict[str, Page]] = {}
    for _, index in shelf.indexes():
        shown = standing.shown(shelf.year, index)
        for token, locale, *page in shown.select("token", "locale", *Page._fields).iter_rows():
            found.setdefault(token, {})[locale] = Page(*page)
    return found
