"""Runs a declaration's worked examples and returns their rows with names in place of ids."""

from __future__ import annotations

from collections.abc import Mapping
from types import EllipsisType
from typing import Any

import polars as pl

from wrapped_assets.building.rehearsal import Found, rehearse, surrogates_of
from wrapped_assets.building.rehearsed_inputs import group_ids
from wrapped_assets.contracts.declaration import Declaration, Example
from wrapped_assets.contracts.examples import example_plays
from wrapped_assets.contracts.graph import Graph, project_graph

_NAMED_BY = {"recording_id": "recording_name", "release_group_id": "release_group_name"}
_KNOWN_NAMES = {  # of what was never heard
    "sources/known_artists": ("artist_id", "artist_name"),
    "sources/known_release_groups": ("release_group_id", "release_group_name"),
    "sources/known_recordings": ("recording_id", "recording_name"),
}
TOLERANCE = 1e-6


def worked(declaration: Declaration, example: Example, graph: Graph | None = None) -> list[dict[str, Any]]:
    """What the example really gives, in grain order, ids written as names."""
    plays = example_plays(example.given)
    first = min((start.year for frame in plays.values() for start in frame["listened_at"]), default=example.year)
    only = [declaration.key, "catalogue/tracks", "catalogue/artist_credits"]
    given = {"catalogue": example.catalogue, "people": example.people, "groups": example.groups}
    found = rehearse(plays, range(first, example.year + 1), only=only, graph=graph or project_graph(), **given)
    rows = found[declaration.key, str(example.year)]
    people, groups = surrogates_of(example.given), group_ids(example.groups)
    who = {"listener_id": {i: name for name, i in people.items()}, "group_id": {i: name for name, i in groups.items()}}
    return named_rows(rows, {**names_of(found), **who})


def names_of(found: Found) -> dict[str, dict[int, str]]:
    """Display names by id, per kind of id, from a rehearsal's catalogue."""
    names: dict[str, dict[int, str]] = {"recording_id": {}, "release_group_id": {}, "artist_id": {}, "show_id": {}}
    for (key, _), frame in found.items():
        if key == "catalogue/tracks":
            for kind, column in _NAMED_BY.items():
                names[kind] |= dict(zip(frame[kind], frame[column], strict=True))
            shows = frame.filter(pl.col("media") != "music")
            names["show_id"] |= dict(zip(shows["artist_credit_id"], shows["artist_name"], strict=True))
        elif key == "catalogue/artist_credits":
            names["artist_id"] |= dict(zip(frame["artist_id"], frame["artist_name"], strict=True))
        elif key in _KNOWN_NAMES:
            kind, column = _KNOWN_NAMES[key]
            names[kind] = dict(zip(frame[kind], frame[column], strict=True)) | names[kind]
    return names


def named_rows(rows: pl.DataFrame, names: Mapping[str, Mapping[int, str]]) -> list[dict[str, Any]]:
    """Rows as dictionaries, ids replaced by names: `top_recording_id` is a recording_id too."""
    shortest_first = sorted(names, key=len)  # a release_group_id is no group_id
    kinds = {column: kind for column in rows.columns for kind in shortest_first if column.endswith(kind)}
    return [
        {column: names[kinds[column]].get(value, value) if column in kinds else value for column, value in row.items()}
        for row in rows.to_dicts()
    ]


def mismatch(expected: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether a row differs in a column that the example names; instants may be written as text."""
    return any(not _same(value, row.get(column)) for column, value in expected.items())


def _same(expected: Any, value: Any) -> bool:
    if isinstance(expected, float) and isinstance(value, int | float):
        return abs(expected - value) <= TOLERANCE
    if isinstance(expected, str) and hasattr(value, "isoformat"):
        return value.isoformat().replace("+00:00", "Z") == expected
    return bool(expected == value)


def differences(
    declaration: Declaration, example: Example, graph: Graph | None = None
) -> tuple[list[Mapping[str, Any]], list[dict[str, Any]]]:
    """Expected rows that did not come, and rows that came unexpected (none where the example ends in `...`)."""
    left = worked(declaration, example, graph)
    missing: list[Mapping[str, Any]] = []
    is_open = False
    for expected in example.expect:
        if isinstance(expected, EllipsisType):
            is_open = True
            continue
        hit = next((row for row in left if not mismatch(expected, row)), None)
        if hit is None:
            missing.append(expected)
        else:
            left.remove(hit)
    return missing, [] if is_open else left
