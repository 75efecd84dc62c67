"""Measures how varied a listener's year was."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.division import divided
from wrapped_assets.kernels.evenness import evenness
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.outcomes import COUNTED, TOO_SHORT


@insight(
    chapter="habits",
    grain=[c.listener_id],
    columns=[c.artist_id, c.top_artist_share, c.artist_evenness_share, c.repeat_share, c.skip_share, c.skip_known_count],
    reads={
        "listening_totals": [c.listener_id, c.listen_count, c.recording_count],
        "top_artists": [c.listener_id, c.artist_rank, c.artist_id, c.listen_count],
        "artist_years": [c.listener_id, c.listen_count],
        "outcomes": [c.listener_id, c.outcome_code, c.skip_known_count, c.skip_count],
    },
    headline="{top_artist_share} of your listens were {artist}.",
    examples=[
        Example(
            given={"ana": "2026-03-01 eple/royksopp*3 walk/bo, 2026-03-02 night/bo*4"},
            expect=[
                {
                    "listener_id": "ana", "artist_id": "bo", "top_artist_share": 0.625, "artist_evenness_share": 0.954434,
                    "repeat_share": 0.625, "skip_share": None, "skip_known_count": 0,
                }
            ],
        ),
    ],
)  # fmt: skip
def variety(listening_totals: pl.LazyFrame, top_artists: pl.LazyFrame, artist_years: pl.LazyFrame, outcomes: pl.LazyFrame) -> pl.LazyFrame:
    """How evenly a listener's listens spread over artists, and the shares of the top artist, of repeats and of known skips.

    The top artist's share is of all listens; for evenness each credited artist gets the full listen. The skip share covers music inside
    the window without private plays. A tie for the top artist is broken as in `top_artists`.
    """
    artists = artist_years.filter(pl.col("listen_count") > 0)
    played = outcomes.filter(pl.col("outcome_code").is_in((COUNTED, TOO_SHORT)))
    skips = played.group_by("listener_id").agg(pl.col("skip_known_count", "skip_count").sum())
    top = top_artists.filter(pl.col("artist_rank") == 1).select("listener_id", "artist_id", _most="listen_count")
    return (
        listening_totals.join(top, on="listener_id")
        .join(evenness(artists, ["listener_id"], "listen_count", "artist_evenness_share"), on="listener_id")
        .join(skips, on="listener_id")
        .with_columns(
            top_artist_share=divided(pl.col("_most"), pl.col("listen_count")),
            repeat_share=1 - divided(pl.col("recording_count"), pl.col("listen_count")),
            skip_share=pl.when(pl.col("skip_known_count") > 0).then(divided(pl.col("skip_count"), pl.col("skip_known_count"))),
        )
    )
