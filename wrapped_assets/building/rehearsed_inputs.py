"""Converts the catalogues, profiles and groups of examples, which use names, to the inputs that assets read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from wrapped_assets.building.known_rows import identified
from wrapped_assets.contracts.errors import DeclarationError
from wrapped_assets.contracts.graph import EXTERNALS
from wrapped_assets.contracts.known import KNOWN, named_schema
from wrapped_assets.kernels.identity import stable_ids
from wrapped_assets.vocabulary import columns as c

Rows = Sequence[Mapping[str, Any]]
_PROFILES = {column.name: column.dtype for column in c.PROFILE}
_GROUPS = {column.name: column.dtype for column in (c.group_id, c.listener_id)}


def yearly_frames(
    ids: Mapping[str, int], catalogue: Mapping[str, Rows], people: Mapping[str, Mapping[str, Any]], groups: Mapping[str, Sequence[str]]
) -> dict[str, pl.DataFrame]:
    """Input key → rows, of every input that is given by the year. Who is not in `people` said nothing, and agreed to nothing."""
    agreed = ("is_findable", "is_recommending", "is_sharing")
    profiles = [(ids[name], said.get("country"), said.get("birth_year"), said.get("place"), *(bool(said.get(each)) for each in agreed))
                for name, said in ((name, people.get(name, {})) for name in ids)]  # fmt: skip
    members = [(group_ids(groups)[group], ids[name]) for group, names in groups.items() for name in names if name in ids]
    return {
        EXTERNALS["profiles"]: pl.DataFrame(profiles, schema=_PROFILES, orient="row").sort("listener_id"),
        EXTERNALS["groups"]: pl.DataFrame(members, schema=_GROUPS, orient="row").sort(pl.all()),
        **{EXTERNALS[name]: known_frame(name, catalogue.get(name, ())) for name in KNOWN},
    }


def group_ids(groups: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """A group_id per name; not the registry's, which are keyed."""
    return dict(zip(groups, stable_ids(pl.Series([f"group {name}" for name in groups], dtype=pl.String)).to_list(), strict=True))


def known_frame(name: str, rows: Rows) -> pl.DataFrame:
    """The rows of one table of a catalogue; ids are those that tracks of the same names get. DeclarationError for an unknown column."""
    allowed = {*named_schema(name), "artist_name"}
    if unknown := {column for row in rows for column in row} - allowed:
        raise DeclarationError(f"{name} has no {sorted(unknown)}: examples may use {', '.join(sorted(allowed))}")
    blank = dict.fromkeys(named_schema(name))
    named = [blank | dict(row) for row in rows]
    if name == "known_recordings":
        named = [row | {"artist_names": row["artist_names"] or [row.pop("artist_name", None)]} for row in named]
    return identified(name, pl.DataFrame(named, schema=named_schema(name)).lazy()).collect()
