"""A bucket's spellings of music, with their ids and the keys by which two of them may be one recording."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from wrapped_assets.kernels.engines import engine_for
from wrapped_assets.kernels.music_ids import separated, with_artists, with_recording_ids
from wrapped_assets.kernels.texts import normalised
from wrapped_assets.listens.code import LANDED_TRACKS
from wrapped_assets.listens.known_names import Catalogue, known_names

SAME_LENGTH_MS = 2_000  # services round lengths differently


@dataclass(frozen=True)
class Names:
    """A bucket's spellings: `tracks`, one row per variant with its ids, and `keyed` (key, variant_id) that make spellings one recording.

    `known` (variant_id, known_variant_id) leads from a variant to the one with the names that a catalogue has for it. `meetings`
    (variant_id, group, fact) has the groups with several facts: a listener who heard at most one fact of each has nothing to link but what
    was played at one time.
    """

    tracks: pl.DataFrame
    keyed: pl.DataFrame
    known: pl.DataFrame
    meetings: pl.DataFrame

    def candidates(self) -> pl.Series:
        """The variants that a listener's history may link; no others need to be checked."""
        met = self.tracks.join(self.meetings.select("variant_id").unique(), on="variant_id", how="semi")
        named = self.keyed.filter(pl.col("key").is_duplicated()).join(self.tracks.select("variant_id", "artist_id"), on="variant_id")
        several = named.join(_with_several(named, "key", "artist_id"), on="key", how="semi")
        by_name = self.tracks.select("variant_id", "artist_names", artist_id="artist_ids").explode("artist_id", "artist_names")
        doubtful = pl.concat([several["artist_id"], _with_several(by_name, "artist_id", "artist_names")["artist_id"]]).unique()
        artists = by_name.filter(pl.col("artist_id").is_in(doubtful.implode()))
        found = [self.tracks.join(met.select("recording_id").unique(), on="recording_id", how="semi")["variant_id"], artists["variant_id"]]
        found.append(self.tracks.join(_with_several(self.tracks, "song_id", "recording_id"), on="song_id", how="semi")["variant_id"])
        return pl.concat([*found, *self._alike()]).unique().sort()

    def _alike(self) -> list[pl.Series]:
        """Variants that share title and album, or title and length, with another song, so may be two credits of one recording."""
        slot = pl.col("duration_ms") // (2 * SAME_LENGTH_MS)
        found = []
        for fact in (pl.col("_album"), slot, (pl.col("duration_ms") + SAME_LENGTH_MS) // (2 * SAME_LENGTH_MS)):
            facts = self.tracks.select("variant_id", "song_id", "_title", _fact=fact).drop_nulls("_fact")
            several = facts.group_by("_title", "_fact").agg(_several=pl.col("song_id").min() < pl.col("song_id").max()).filter("_several")
            found.append(facts.join(several, on=["_title", "_fact"], how="semi")["variant_id"])
        return found


def _with_several(rows: pl.DataFrame, group: str, fact: str) -> pl.DataFrame:
    """The groups that have several facts, once or more."""
    pairs = rows.select(group, fact).unique()
    return pairs.filter(pl.col(group).is_duplicated()).select(group)


def _meetings(tracks: pl.DataFrame, keyed: pl.DataFrame) -> pl.DataFrame:
    """`Names.meetings`: the recordings of a key, the names of an artist, the spellings of a recording, and whether it has an album."""
    named = keyed.filter(pl.col("key").is_duplicated()).join(tracks.select("variant_id", "recording_id"), on="variant_id")
    by_name = tracks.select("variant_id", artist_id="artist_ids", fact="artist_names").explode("artist_id", "fact")
    again = tracks.filter(pl.col("recording_id").is_duplicated())
    spelled = pl.concat_str("recording_name", pl.lit("\x1f"), "artist_name", ignore_nulls=True)
    album = pl.col("release_group_name").is_null()
    facts = (
        named.select("variant_id", group="key", fact=pl.col("recording_id").cast(pl.String)),
        by_name.select("variant_id", pl.concat_str(pl.lit("artist "), "artist_id").alias("group"), "fact"),
        again.select("variant_id", pl.concat_str(pl.lit("spelling "), "recording_id").alias("group"), spelled.alias("fact")),
        again.select("variant_id", pl.concat_str(pl.lit("album "), "recording_id").alias("group"), album.cast(pl.String).alias("fact")),
    )
    return pl.concat(rows.join(_with_several(rows, "group", "fact"), on="group", how="semi") for rows in facts)


def names_of(tracks: pl.DataFrame, catalogue: Catalogue | None = None) -> Names:
    """The spellings of identified tracks (as `identified` gives them, each variant once), and those that a catalogue has for them."""
    tracks = _compared(tracks.filter(pl.col("media") == "music"))
    submitted = tracks.filter(pl.col("submitted_recording_name").is_not_null(), pl.col("submitted_artist_name").is_not_null())
    sent = submitted.select(
        "variant_id", "media", recording_name="submitted_recording_name", artist_name="submitted_artist_name",
        artist_names=separated(pl.lit(None, pl.List(pl.String)), pl.col("submitted_artist_name")),
    )  # fmt: skip
    by_name = pl.concat_str(pl.lit("name "), "recording_id")
    found = [identified(sent).select(key=by_name, variant_id="variant_id")] if sent.height else []
    known = pl.DataFrame(schema={"variant_id": pl.Int64, "known_variant_id": pl.Int64})
    if catalogue:
        renamed = known_names(tracks, catalogue)
        exported = renamed.select("variant_id", "_exported", "_is_alias")
        under = _compared(identified(renamed.select(list(LANDED_TRACKS))))
        known = exported.select(variant_id="_exported", known_variant_id="variant_id")
        found.append(under.join(exported, on="variant_id").select(key=by_name, variant_id="_exported"))
        alias = exported.filter("_is_alias").with_columns(key=pl.concat_str(pl.lit("known "), "_exported"))
        found.extend(alias.select("key", variant_id=name) for name in ("variant_id", "_exported"))
        tracks = pl.concat([tracks, under])
    mbid = [pl.concat_str(pl.lit(f"mbid {part} "), "recording_mbid", pl.lit(" "), part) for part in ("_title", "_artist")]
    uri = pl.col("spotify_uri")
    keys = [by_name, pl.when(uri.str.starts_with("spotify:track:")).then(uri), pl.concat_str(pl.lit("isrc "), "isrc"), *mbid]
    found.extend(tracks.select(key=key, variant_id="variant_id") for key in keys)
    keyed = pl.concat(found).drop_nulls("key").unique()
    return Names(tracks, keyed, known, _meetings(tracks, keyed))


def _compared(tracks: pl.DataFrame) -> pl.DataFrame:
    """Adds the album in the form for comparison, and the primary artist."""
    album = normalised(pl.col("release_group_name"))
    return tracks.with_columns(artist_id=pl.col("artist_ids").list.first(), _album=album)


def identified(rows: pl.DataFrame) -> pl.DataFrame:
    """Adds artist_names, artist_ids and _primary, recording_id and song_id, as in catalogue/tracks, and _title and _artist."""
    kept = rows.lazy().with_columns(artist_names=separated(pl.col("artist_names"), pl.col("artist_name")))
    whole = with_recording_ids(with_artists(kept, "variant_id"), pl.col("media"))
    return whole.collect(engine=engine_for(rows.height))
