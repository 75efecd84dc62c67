"""The stories of all listeners of a bucket, from one reading of its cells: equal to what `story_data` gathers for each alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from wrapped_assets.building.situate import Project
from wrapped_assets.serving.formats import json_rows
from wrapped_assets.serving.rendered.playlists import Listed, Playlists
from wrapped_assets.serving.rows import displayed_each
from wrapped_assets.serving.telling import OUTCOMES_ASSET, EditionTold
from wrapped_assets.storage import registry
from wrapped_assets.storage.publications import LiveEdition
from wrapped_assets.stories.data import StoryData

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
    project: Project, year: int, bucket: int, live: LiveEdition, without: Collection[int] = (), *, with_playlists: bool = False
) -> Iterator[Told]:
    """The story of every listener of a bucket who has plays in a published edition, by surrogate. Those in `without` are left out."""
    edition = EditionTold.of(project, year, live)
    read = {*(found.key for found in edition.insights), OUTCOMES_ASSET}
    if not any((cell.asset, cell.bucket) == (OUTCOMES_ASSET, bucket) for cell in live.paths):
        return  # nobody of the bucket played anything
    paths = live.paths.only(lambda cell: cell.asset not in read or cell.bucket in (None, bucket))
    frames = displayed_each(project.root, project.graph, sorted(read), [year], paths=paths)
    outcomes = frames[OUTCOMES_ASSET]
    insights = {found.name: frames[found.key] for found in edition.insights}
    people = {each.listener_id: each for each in registry.all_listeners(project.root)}
    heard = [each for each in outcomes["listener_id"].unique().sort() if each in people and each not in without]
    named = _named(insights.values())
    lists = Playlists.of(project, year, bucket, live, people[heard[0]]) if with_playlists and heard else None
    for start in range(0, len(heard), AT_ONCE):
        chosen = heard[start : start + AT_ONCE]
        rows = {name: _by_listener(frame, chosen) for name, frame in insights.items()}
        counts = _by_listener(outcomes, chosen)
        playlists = lists.of_listeners(chosen) if lists else {}
        for listener_id in chosen:
            own = {name: found.get(listener_id, []) for name, found in rows.items()}
            data = edition.of_listener(people[listener_id], own, counts.get(listener_id, []))
            yield Told(listener_id, data, tuple(sorted(named.get(listener_id, ()))), playlists.get(listener_id, {}))


def _by_listener(frame: pl.DataFrame, listeners: list[int]) -> Mapping[int, list[dict[str, Any]]]:
    """Each listener's rows without ids of people."""
    chosen = frame.filter(pl.col("listener_id").is_in(listeners))
    found = defaultdict[int, list[dict[str, Any]]](list)
    rows = json_rows(chosen.drop(name for name in chosen.columns if name.endswith("listener_id")))
    for listener_id, row in zip(chosen["listener_id"].to_list(), rows, strict=True):
        found[listener_id].append(row)
    return found


def _named(frames: Iterable[pl.DataFrame]) -> Mapping[int, set[int]]:
    """Whom each listener's story names."""
    found = defaultdict[int, set[int]](set)
    for frame in frames:
        if _NAMED in frame.columns:
            for listener_id, other in frame.select("listener_id", _NAMED).drop_nulls().iter_rows():
                found[listener_id].add(other)
    return found
