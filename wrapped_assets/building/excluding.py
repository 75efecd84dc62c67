"""Computes the ids of the music that a listener excludes by name or genre, as the catalogue does."""

from __future__ import annotations

import polars as pl

from wrapped_assets.catalogue.tracks import tracks
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.contracts.known import known_schema
from wrapped_assets.contracts.source import TRACK_SCHEMA
from wrapped_assets.kernels.genres import DEEPEST, canonical
from wrapped_assets.kernels.texts import normalised
from wrapped_assets.listens.code import LANDED_TRACKS, coded_tracks
from wrapped_assets.storage import catalogues
from wrapped_assets.storage.root import Root
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


def targets_of_genre(root: Root, genre: str) -> list[tuple[str, int]]:
    """(kind, id) of every artist and recording that the newest catalogue counts under a genre or a kind of it, in order.

    InputError where there is no catalogue, or nothing of the genre in it.
    """
    artists, recordings, genres = (_known(root, name) for name in ("known_artists", "known_recordings", "known_genres"))
    wanted = set(canonical(pl.LazyFrame({"genre_name": [genre]}), genres).collect()["genre_name"])
    parents = dict(
        genres.select(genre=normalised(pl.col("genre_name")), parent=normalised(pl.col("parent_genre_name"))).collect().iter_rows()
    )

    def is_wanted(name: str | None) -> bool:
        for _ in range(DEEPEST + 1):
            if name is None or name in wanted:
                break
            name = parents.get(name)
        return name in wanted

    found = set()
    for kind, table in (("artist", artists), ("recording", recordings)):
        tagged = table.select(target_id=f"{kind}_id", genre_name="genre_names").explode("genre_name", empty_as_null=True)
        rows = canonical(tagged.drop_nulls(), genres).unique().collect()
        kept = [name for name in rows["genre_name"].unique() if is_wanted(name)]
        found |= {(kind, number) for number in rows.filter(pl.col("genre_name").is_in(kept))["target_id"]}
    if not found:
        raise InputError(f"no catalogue has music of the genre {genre!r}: import one that has genres with `wrapped catalogue import`")
    return sorted(found)


def _known(root: Root, name: str) -> pl.LazyFrame:
    asset = f"sources/{name}"
    file = catalogues.files_of(root, catalogues.newest(root)).get(asset)
    return pl.scan_parquet(catalogues.intact(root, asset, file)) if file else pl.LazyFrame(schema=known_schema(name))
