"""Which rendered pages may be shown as they are, by what people have said up to now.

A page names its listener and people of like taste. It is withheld as soon as one of them takes that back, is renamed, restricted or
erased; the next rendering writes a page without them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

import polars as pl

from wrapped_assets.kernels.versions import combined
from wrapped_assets.storage import consents, registry, restrictions
from wrapped_assets.storage.addresses import addresses, departures
from wrapped_assets.storage.registry import Listener
from wrapped_assets.storage.root import Root


@dataclass(frozen=True)
class Standing:
    """Who may be named, and how, at one moment."""

    root: Root
    names: Mapping[int, str]
    findable: frozenset[int]
    restricted: frozenset[int]

    @classmethod
    def now(cls, root: Root) -> Standing:
        """As of now."""
        return cls.of(root, registry.all_listeners(root))

    @classmethod
    def of(cls, root: Root, people: Iterable[Listener]) -> Standing:
        """The same of all listeners, whom the caller has read."""
        names = {each.listener_id: each.name for each in people}
        findable = frozenset(consents.standing(root, "be_found", datetime.now(UTC)))
        return cls(root, names, findable, frozenset(restrictions.restricted(root)))

    @cached_property
    def _mark(self) -> str:
        return combined(tuple(sorted(self.names.items())), tuple(sorted(self.findable)), tuple(sorted(self.restricted)))

    def mark(self, year: int) -> str:
        """A text that is another one when other pages of a year may be shown. It costs no look at any page."""
        return combined(self._mark, tuple(departures(self.root, year)))

    def said(self, listener_id: int, named: Sequence[int]) -> str:
        """A hash of the names that a page shows; another one where it may not be shown."""
        if listener_id not in self.names or listener_id in self.restricted:
            return ""
        others = [(each, self.names[each] if each in self.findable and each in self.names else None) for each in named]
        return combined(listener_id, self.names[listener_id], tuple(others))

    def shown(self, year: int, index: pl.DataFrame) -> pl.DataFrame:
        """The rows of an index whose pages may be shown, at the address that they have."""
        if index.is_empty():
            return index
        current = addresses(self.root, year, index["listener_id"].unique())
        columns = index.select("listener_id", "token", "said", "names").iter_rows()
        keeps = [
            current[listener_id].is_open and current[listener_id].token == token and said != "" and self.said(listener_id, named) == said
            for listener_id, token, said, named in columns
        ]
        return index.filter(pl.Series(keeps, dtype=pl.Boolean))
