"""Searches short contents together, some megabytes at a time: a service has hundreds of thousands of them, and one search costs as much
for one as for a thousand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from wrapped_assets.rights.needles import Search

LARGEST_SIFTED = 1 << 20  # bytes of a content; a longer one is searched by itself
_AT_ONCE = 8 << 20
Say = Callable[[str], None]


@dataclass
class Sieve:
    """Tells `hit` the place of each content that holds something, and `doubt` that of each that has a doubtful name.

    The same content is searched once, however many places it has.
    """

    hit: Say
    doubt: Say
    _waiting: dict[tuple[int, str], tuple[Search, dict[bytes, list[str]]]] = field(default_factory=dict)  # by search and encoding
    _bytes: int = 0

    def add(self, search: Search, place: str, content: bytes, encoding: str | None) -> None:
        """Takes a content that is searched soon; without an encoding it is no text."""
        if not content:
            return
        _, contents = self._waiting.setdefault((id(search), encoding or ""), (search, {}))
        if content not in contents:
            self._bytes += len(content)
        contents.setdefault(content, []).append(place)
        if self._bytes >= _AT_ONCE:
            self.empty()

    def empty(self) -> None:
        """Searches what waits."""
        for (_, encoding), (search, contents) in self._waiting.items():
            self._search(search, encoding, contents)
        self._waiting, self._bytes = {}, 0

    def _search(self, search: Search, encoding: str, contents: Mapping[bytes, list[str]]) -> None:
        whole, places = list(contents), list(contents.values())
        texts = [content.decode(encoding, "replace") for content in whole] if encoding else []
        hits = search.holding_bytes(whole) | search.holding(texts)
        doubtful = search.doubtful.holding(texts) - hits if search.doubtful else set()
        for say, held in ((self.hit, hits), (self.doubt, doubtful)):
            for at in sorted(held):
                for place in places[at]:
                    say(place)
