"""The stories of all listeners of a bucket, from one reading of its cells: equal to what `story_data` gathers for each alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate

import polars as pl

from wrapped_assets.building.situate import Project
from wrapped_assets.serving.formats import json_values
from wrapped_assets.serving.rendered.playlists import Listed, Playlists
from wrapped_assets.serving.rows import displayed_each
from wrapped_assets.serving.telling import OUTCOMES_ASSET, EditionTold
from wrapped_assets.storage import registry
from wrapped_assets.storage.publications import LiveEdition
from wrapped_assets.storage.registry import Listener
from wrapped_assets.stories.data import StoryData
from wrapped_assets.stories.rows import Rows

AT_ONCE = 200  # listeners whose rows are held as Python objects together: some 1,200 rows each
_NAMED = "similar_listener_id"  # the column of other people whom a story names


@dataclass(frozen=True)
class Told:
    """One listener's story, and the other listeners whom it names."""

    listener_id: int
    data: StoryData
    names: tuple[int, ...]
    playlists: Mapping[str, Listed] = field(default_factory=dict)


def stories_of(
    project: Project, year: int, bucket: int, live: LiveEdition, without: Collection[int] = (), *, with_playlists: bool = False,
    people: Mapping[int, Listener] | None = None,
) -> Iterator[Told]:  # fmt: skip
    """The story of every listener of a bucket who has plays in a published edition, by surrogate. Those in `without` are left out.

    `people` are all listeners by surrogate, for a caller that knows them; else they are read.
    """
    edition = EditionTold.of(project, year, live)
    read = {*(found.key for found in edition.insights), OUTCOMES_ASSET}
    if not any((cell.asset, cell.bucket) == (OUTCOMES_ASSET, bucket) for cell in live.paths):
        return  # nobody of the bucket played anything
    paths = live.paths.only(lambda cell: cell.asset not in read or cell.bucket in (None, bucket))
    frames = displayed_each(project.root, project.graph, sorted(read), [year], paths=paths)
    insights = {found.name: Gathered.of(frames[found.key]) for found in edition.insights}
    outcomes = Gathered.of(frames[OUTCOMES_ASSET])
    people = {each.listener_id: each for each in registry.all_listeners(project.root)} if people is None else people
    heard = [each for each in outcomes.listeners if each in people and each not in without]
    named = _named(frames[found.key] for found in edition.insights)
    lists = Playlists.of(project, year, bucket, live, people[heard[0]]) if with_playlists and heard else None
    for start in range(0, len(heard), AT_ONCE):
        chosen = heard[start : start + AT_ONCE]
        rows = {name: frame.rows_of(chosen) for name, frame in insights.items()}
        counts = outcomes.rows_of(chosen)
        playlists = lists.of_listeners(chosen) if lists else {}
        for listener_id in chosen:
            own = {name: found.get(listener_id, []) for name, found in rows.items()}
            data = edition.of_listener(people[listener_id], own, counts.get(listener_id, []))
            yield Told(listener_id, data, tuple(sorted(named.get(listener_id, ()))), playlists.get(listener_id, {}))


@dataclass(frozen=True)
class Gathered:
    """An insight's rows of a bucket, those of each listener in one piece: `places` says where that begins and ends."""

    frame: pl.DataFrame
    places: Mapping[int, tuple[int, int]]

    @classmethod
    def of(cls, frame: pl.DataFrame) -> Gathered:
        """The rows of every listener in the order that they have."""
        if not frame["listener_id"].is_sorted():
            frame = frame.sort("listener_id", maintain_order=True)
        runs = frame["listener_id"].rle()
        lengths, listeners = runs.struct.field("len").to_list(), runs.struct.field("value").to_list()
        places = {who: (end - length, end) for who, length, end in zip(listeners, lengths, accumulate(lengths), strict=True)}
        return cls(frame.drop(name for name in frame.columns if name.endswith("listener_id")), places)

    @property
    def listeners(self) -> Iterable[int]:
        """Everybody who has a row, by surrogate."""
        return self.places.keys()

    def rows_of(self, listeners: Iterable[int]) -> Mapping[int, Rows]:
        """The rows of listeners who stand close together, without ids of people."""
        found = {each: self.places[each] for each in listeners if each in self.places}
        first, last = min((start for start, _ in found.values()), default=0), max((end for _, end in found.values()), default=0)
        names, rows = tuple(self.frame.columns), json_values(self.frame.slice(first, last - first))
        return {each: Rows(names, rows[start - first : end - first]) for each, (start, end) in found.items()}


def _named(frames: Iterable[pl.DataFrame]) -> Mapping[int, set[int]]:
    """Whom each listener's story names."""
    found = defaultdict[int, set[int]](set)
    for frame in frames:
        if _NAMED in frame.columns:
            for listener_id, other in frame.select("listener_id", _NAMED).drop_nulls().iter_rows():
                found[listener_id].add(other)
    return found
