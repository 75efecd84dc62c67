"""Identifies the recording, artists and release group of each exported spelling of a track."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.kernels.music_ids import release_group_id, separated, with_artists, with_recording_ids
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.rules import DeclaredRules


@declare(
    layer="catalogue",
    kind="month_bucket",
    grain=[c.variant_id],
    row_key="variant_id",
    columns=[
        c.recording_id, c.exact_recording_id, c.song_id, c.artist_credit_id, c.release_group_id, c.artist_ids,
        c.artist_names, c.recording_name, c.artist_name,
        c.release_group_name, c.duration_ms, c.media, c.recording_mbid, c.release_mbid, c.artist_mbids, c.spotify_uri, c.isrc,
    ],
    reads={
        "landed_tracks": (
            [
                c.variant_id, c.recording_name, c.artist_name, c.artist_names, c.release_group_name, c.duration_ms, c.media,
                c.recording_mbid, c.release_mbid, c.artist_mbids, c.spotify_uri, c.isrc,
            ],
            "month_and_edges",
        )
    },
    rules=["versions"],
)  # fmt: skip
def tracks(landed_tracks: pl.LazyFrame, rules: DeclaredRules) -> pl.LazyFrame:
    """One exported spelling of a track, with the ids of its recording, song, artists and release group.

    A recording is identified by its normalised title and artists; "(feat. B)" in the title and "A feat. B" in the credit give the same
    artists. If the export maps a track to an id's canonical names (ListenBrainz to MusicBrainz), those names are used, so that
    spellings of one id agree. A song is the looser title and primary artist, for finding duplicates, because Spotify exports name
    only one artist. A release group is identified by its name and primary artist.

    No ties: nothing is ranked.

    Example: `recording_name` Eple, `artist_name` Röyksopp: the recording, artist and album that this spelling stands for, whoever exported
    it.
    """
    kept = landed_tracks.unique("variant_id").with_columns(artist_names=separated(pl.col("artist_names"), pl.col("artist_name")))
    identified = with_recording_ids(with_artists(kept, "variant_id"), pl.col("media"), rules.versions)
    return identified.with_columns(release_group_id=release_group_id(pl.col("_primary")))
