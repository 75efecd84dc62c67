"""Says what each member of a group brought to its year."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import group_insight
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.outcomes import IN_MINUTES


@group_insight(
    chapter="community",
    grain=[c.group_id, c.listener_id],
    columns=[c.artist_id, c.top_recording_id, c.listen_count, c.minutes, c.play_count, c.unknown_length_count],
    reads={
        "groups": [c.group_id, c.listener_id],
        "listening_totals": [c.listener_id, c.minutes, c.listen_count],
        "top_artists": [c.listener_id, c.artist_rank, c.artist_id],
        "top_recordings": [c.listener_id, c.recording_rank, c.recording_id],
        "outcomes": [c.listener_id, c.outcome_code, c.play_count, c.unknown_length_count],
    },
    headline="A member brought {artist}.",
    examples=[
        Example(
            given={"ana": "2026-05-01 eple/royksopp*5 night/bo", "bo": "2026-05-01 walk/di*3 so_here~12s", "cy": "2026-05-01 eple"},
            groups={"home": ["ana", "bo"], "alone": ["cy"]},
            expect=[
                {"group_id": "home", "listener_id": "ana", "artist_id": "royksopp", "top_recording_id": "eple", "listen_count": 6,
                 "minutes": 18.0, "play_count": 6, "unknown_length_count": 0},
                {"group_id": "home", "listener_id": "bo", "artist_id": "di", "top_recording_id": "walk", "listen_count": 3,
                 "play_count": 4},
            ],
        ),
    ],
)  # fmt: skip
def group_members(
    groups: pl.LazyFrame, listening_totals: pl.LazyFrame, top_artists: pl.LazyFrame, top_recordings: pl.LazyFrame, outcomes: pl.LazyFrame,
) -> pl.LazyFrame:  # fmt: skip
    """A consenting member with listens: the top artist and recording, listens, minutes, and the plays whose length is unknown.

    A group needs two consenting members. Ties are broken as in `top_artists` and `top_recordings`.
    """
    members = groups.filter(pl.len().over("group_id") >= 2)
    artist = top_artists.filter(pl.col("artist_rank") == 1).select("listener_id", "artist_id")
    song = top_recordings.filter(pl.col("recording_rank") == 1).select("listener_id", top_recording_id="recording_id")
    timed = outcomes.filter(pl.col("outcome_code").is_in(IN_MINUTES)).group_by("listener_id")
    lengths = timed.agg(pl.col("play_count", "unknown_length_count").sum())
    found = members
    for part in (artist, song, listening_totals, lengths):
        found = found.join(part, on="listener_id")
    return found
