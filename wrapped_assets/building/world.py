"""Reads the external inputs in one transaction, so that hashes and rows belong to the same state.

A build takes all of it once, for its hashes. A unit takes the part that its cells read, for their rows, and again in the transaction
that publishes them: where the part has other hashes by then, the world has moved and nothing is published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
import sqlalchemy as sa

from wrapped_assets.building.bucket_links import BucketLinks
from wrapped_assets.contracts.graph import EXTERNALS, WITHOUT_BUCKETS
from wrapped_assets.storage import catalogues, groups, profiles, registry
from wrapped_assets.storage.catalogues import CatalogueFile
from wrapped_assets.storage.chunks import PLAYS, TRACKS, Chunk, load_chunks
from wrapped_assets.storage.landing import people_of
from wrapped_assets.storage.registry import Edition
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.periods import Month, is_span, months_of, period_year, years_of
from wrapped_assets.vocabulary.spans import Span

_PEOPLE = {EXTERNALS[name]: read for name, read in (
    ("listeners", registry.listeners_frame), ("exclusions", registry.exclusions_frame), ("profiles", profiles.profiles_frame),
)}  # fmt: skip
_WITH_LINKS = frozenset({EXTERNALS["links"], TRACKS})  # a month's tracks are also those that its links lead to
_WITH_CHUNKS = frozenset({PLAYS, *_WITH_LINKS, *_PEOPLE})


@dataclass(frozen=True)
class Scope:
    """A part of the world: some inputs, of one period and bucket; everything unless said."""

    keys: frozenset[str] = frozenset(EXTERNALS.values())
    period: str | None = None
    bucket: int | None = None

    @property
    def months(self) -> list[str] | None:
        """The UTC months whose plays may belong to the period, or whose listeners are those of the period."""
        if self.period is None:
            return None
        return [str(month) for month in months_near(self.period)]


EVERYTHING = Scope()


@dataclass(frozen=True)
class World:
    """What is given from outside, or the part of it that a scope names.

    Of a scope with a period, `people` holds exactly the listeners of that period: those that the hashes are about.
    """

    scope: Scope
    chunks: Mapping[tuple[str, str, int], list[Chunk]]
    links: BucketLinks
    listeners: Mapping[tuple[str, int], np.ndarray]  # (month or year, bucket) → whose landed plays may belong to it: sorted int64
    people: Mapping[str, pl.DataFrame]  # registry/listeners and so on → its rows, in the order of surrogates
    members: pl.DataFrame | None
    editions: Mapping[int, Edition]
    catalogues: Mapping[int, str | None]  # the version that each edition is told by
    files: Mapping[str | None, Mapping[str, CatalogueFile]]  # of each version, by asset


def take_world(root: Root, connection: sa.Connection, scope: Scope = EVERYTHING, years: Iterable[int] = ()) -> World:
    """What is given from outside as the connection sees it. `years` are further ones whose editions are wanted."""
    is_linked = bool(scope.keys & _WITH_LINKS)  # links follow from a listener's whole history
    chunks = load_chunks(root, scope.bucket, None if is_linked else scope.months, connection) if scope.keys & _WITH_CHUNKS else {}
    listeners = _listeners_by_period(chunks, scope.period)
    whom = None if scope.period is None else people_in(listeners.values())
    seen = {period_year(month) for _, month, _ in chunks} | set(years)
    wanted = years_of(scope.period) if scope.period else range(min(seen) - 1, max(seen) + 2) if seen else ()
    editions = registry.editions(root, wanted, connection)  # also of a year without plays between others: it has its histories
    newest = catalogues.newest(root, connection)
    told_by = {year: edition.catalogue or newest for year, edition in editions.items()}
    versions = set(told_by.values()) if is_linked or scope.keys & WITHOUT_BUCKETS else set()
    files = {version: catalogues.files_of(root, version, connection) for version in versions}
    return World(
        scope=scope,
        chunks=chunks,
        links=BucketLinks.of(root, chunks if is_linked else {}, files),
        listeners=listeners,
        people={key: read(root, whom, connection) for key, read in _PEOPLE.items() if key in scope.keys},
        members=groups.members_frame(root, connection) if EXTERNALS["groups"] in scope.keys else None,
        editions=editions,
        catalogues=told_by,
        files=files,
    )


def narrowed(world: World, scope: Scope) -> World:
    """What `take_world` would read of a scope with a period, out of a whole world."""
    assert scope.period is not None
    is_linked, has_chunks = bool(scope.keys & _WITH_LINKS), bool(scope.keys & _WITH_CHUNKS)
    months, year = scope.months or [], period_year(scope.period)
    chunks = {
        slot: found
        for slot, found in world.chunks.items()
        if has_chunks and scope.bucket in (None, slot[2]) and (is_linked or slot[1] in months)
    }
    listeners = {
        slot: found for slot, found in world.listeners.items() if has_chunks and slot[0] == scope.period and scope.bucket in (None, slot[1])
    }
    whom, version = pl.Series(people_in(listeners.values()), dtype=pl.Int64), world.catalogues[year]
    versions = {version} if is_linked or scope.keys & WITHOUT_BUCKETS else set()
    buckets = {bucket for _, _, bucket in chunks} if is_linked else set()
    return World(
        scope=scope,
        chunks=chunks,
        links=world.links.within(buckets, versions),
        listeners=listeners,
        people={key: frame.filter(pl.col("listener_id").is_in(whom.implode())) for key, frame in world.people.items() if key in scope.keys},
        members=world.members if EXTERNALS["groups"] in scope.keys else None,
        editions={each: world.editions[each] for each in years_of(scope.period)},
        catalogues={year: version},
        files={each: world.files[each] for each in versions},
    )


def _listeners_by_period(chunks: Mapping[tuple[str, str, int], list[Chunk]], only: str | None) -> dict[tuple[str, int], np.ndarray]:
    near: dict[tuple[str, int], list[Chunk]] = {}
    for (asset, month, bucket), found in chunks.items():
        if asset == PLAYS:
            months = [Month.parse(month).shift(shift) for shift in (-1, 0, 1)]
            for period in {*map(str, months), *(str(each.year) for each in months)}:
                if only in (None, period):
                    near.setdefault((period, bucket), []).extend(found)
    return {slot: people_of(found) for slot, found in near.items()}


def people_in(found: Iterable[np.ndarray]) -> list[int]:
    """The listeners of any of the arrays, each once, in order."""
    arrays = list(found)
    return np.unique(np.concatenate(arrays)).tolist() if arrays else []


def months_near(period: str) -> list[Month]:
    """A month, the twelve months of a year or those of a span, and those beside them."""
    one_or_twelve = [Month.parse(period)] if len(period) == len("YYYY-MM") else []
    months = list(Span.parse(period).months()) if is_span(period) else one_or_twelve or months_of(int(period))
    return [months[0].shift(-1), *months, months[-1].shift(1)]
