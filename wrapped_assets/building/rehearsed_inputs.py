"""Catalogues, profiles and groups as examples write them, by names, turned into what assets read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from wrapped_assets.catalogue.tracks import tracks
from wrapped_assets.contracts.errors import DeclarationError
from wrapped_assets.contracts.graph import EXTERNALS
from wrapped_assets.contracts.known import KNOWN, known_schema
from wrapped_assets.kernels.identity import stable_ids
from wrapped_assets.vocabulary import columns as c

Rows = Sequence[Mapping[str, Any]]
_PROFILES = {column.name: column.dtype for column in (c.listener_id, c.country, c.birth_year, c.place_name, c.is_findable)}
_GROUPS = {column.name: column.dtype for column in (c.group_id, c.listener_id)}
_TRACKS = (
    c.variant_id, c.recording_name, c.artist_name, c.artist_names, c.release_group_name, c.duration_ms, c.media, c.recording_mbid,
    c.release_mbid, c.artist_mbids, c.spotify_uri, c.isrc,
)  # fmt: skip


def yearly_frames(
    ids: Mapping[str, int], catalogue: Mapping[str, Rows], people: Mapping[str, Mapping[str, Any]], groups: Mapping[str, Sequence[str]]
) -> dict[str, pl.DataFrame]:
    """Input key → rows, of every input that is given by the year. Who is not in `people` said nothing, and agreed to nothing."""
    profiles = [(ids[name], said.get("country"), said.get("birth_year"), said.get("place"), bool(said.get("is_findable")))
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
    schema = known_schema(name)
    if unknown := {column for row in rows for column in row} - {*schema, "release_group_name", "artist_name"}:
        raise DeclarationError(f"{name} has no {sorted(unknown)}: its columns are {', '.join(schema)}")
    if name in ("known_genres", "known_places"):
        return pl.DataFrame([dict.fromkeys(schema) | dict(row) for row in rows], schema=schema)
    as_tracks = [
        {
            "variant_id": number, "recording_name": row.get("recording_name") or "-", "release_group_name": row.get("release_group_name"),
            "artist_names": row.get("artist_names") or [row.get("artist_name") or "-"], "media": "music",
        }
        for number, row in enumerate(rows)
    ]  # fmt: skip
    landed = pl.DataFrame(as_tracks, schema={column.name: column.dtype for column in _TRACKS})
    found = tracks(landed.lazy()).collect().sort("variant_id").with_columns(artist_id=pl.col("artist_ids").list.first())
    whole = [
        dict.fromkeys(schema)
        | {column: given[column] for column in ("recording_id", "artist_id", "release_group_id") if column in schema}
        | {"known_key": number}
        | {column: value for column, value in row.items() if column in schema}
        for number, (row, given) in enumerate(zip(rows, found.to_dicts(), strict=True))
    ]
    return pl.DataFrame(whole, schema=schema)
