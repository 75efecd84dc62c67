"""Computes the ids of the music that a listener excludes by name, as the catalogue does."""

from __future__ import annotations

import polars as pl

from wrapped_assets.catalogue.tracks import tracks
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.contracts.source import TRACK_SCHEMA
from wrapped_assets.listens.code import LANDED_TRACKS, coded_tracks
from wrapped_assets.vocabulary.rules import DeclaredRules, rules_for

APART = DeclaredRules(rules_for("default", 2000), frozenset({"versions"}))  # as tracks are identified where no edition's rules are asked


def target_of(kind: str, text: str) -> int:
    """The id of an artist, or of a recording or release group written `ARTIST - NAME`. InputError where the form is another."""
    artist, separator, name = text.partition(" - ")
    if kind == "artist":
        artist, name = text, "any"
    elif not (separator and artist.strip() and name.strip()):
        raise InputError(f"expected a {kind.replace('_', ' ')} as ARTIST - NAME, separated by ' - '")
    row = {**dict.fromkeys(TRACK_SCHEMA), "title": name, "artist_credit": artist, "release_group_name": name, "media": "music"}
    landed = coded_tracks(pl.DataFrame([row], schema=TRACK_SCHEMA)).select(list(LANDED_TRACKS))
    found = tracks(landed.lazy(), APART).collect()
    return found["artist_ids"][0][0] if kind == "artist" else found[f"{kind}_id"][0]
