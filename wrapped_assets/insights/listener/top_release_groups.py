"""Ranks a listener's albums of the year."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.evenness import evenness
from wrapped_assets.kernels.grouping import grouped
from wrapped_assets.kernels.ranking import ranked
from wrapped_assets.vocabulary import columns as c

PLACES = 50
HEARD, OF_TRACKS = 7, 10  # of ten tracks of a known release group, at least seven must have been heard
_KNOWN = [{"artist_name": "bo", "release_group_name": name, "track_count": 2} for name in ("am", "steps")]


@insight(
    chapter="music",
    grain=[c.listener_id, c.release_group_rank],
    columns=[c.release_group_id, c.listen_count, c.ms_played, c.first_listened_at, c.recording_count, c.track_count, c.is_track_count_known,
             c.release_group_score, c.release_group_known_share],
    reads={
        "release_group_months": [c.listener_id, c.release_group_id, c.listen_count, c.ms_played, c.first_listened_at],
        "listens": [c.listener_id, c.release_group_id, c.recording_id],
        "release_groups": [c.release_group_id, c.track_count],
    },
    nullable=[c.recording_count], headline="Your album of the year: {release_group}.",
    examples=[
        Example(
            given={"ana": "2026-03-01 eple/bo/am, 2026-04-01 walk/bo/steps walk/bo/steps night/bo"},
            expect=[{"release_group_id": "steps", "is_track_count_known": False}, {"release_group_id": "am", "listen_count": 1}],
        ),
        Example(
            given={"ana": "2026-03-01 eple/bo/am*2 in_space/bo/am, 2026-04-01 walk/bo/steps*9 one/cy/hit*2"},
            catalogue={"known_release_groups": _KNOWN},
            expect=[{"release_group_id": "am", "release_group_score": 2.754888}, {"release_group_id": "hit", "release_group_score": 2.0}],
        ),
    ],
)  # fmt: skip
def top_release_groups(release_group_months: pl.LazyFrame, listens: pl.LazyFrame, release_groups: pl.LazyFrame) -> pl.LazyFrame:
    """One of a listener's top fifty release groups by listens × evenness over recordings, which favours albums heard in full.

    If a catalogue knows the number of tracks, 70 % must be heard, or there is no row. Otherwise the score is the listens, ranked in the
    same order, so catalogue data can only lower a score. Unnamed ones are left out. A tie: more listens, longer, heard first, smaller id.
    """
    group = ["listener_id", "release_group_id"]
    known = release_groups.drop_nulls("track_count")
    every = listens.with_columns(pl.col("release_group_id").fill_null(-1))  # which is no id
    songs = grouped(every, ["listener_id", "recording_id", "release_group_id"], count="_listens")
    through = evenness(songs.join(known, on="release_group_id", how="semi"), group, "_listens", "_even", "recording_count")
    totals = grouped(release_group_months, group, sums=["listen_count", "ms_played"], least=["first_listened_at"])
    named = listens.group_by("listener_id").agg(release_group_known_share=pl.col("release_group_id").is_not_null().mean())
    score = pl.when(pl.col("track_count").is_null()).then(1.0).otherwise("_even") * pl.col("listen_count")
    scored = (
        totals.join(named, on="listener_id").join(known, on="release_group_id", how="left").join(through, on=group, how="left")
        .filter(pl.col("track_count").is_null() | (pl.col("recording_count") * OF_TRACKS >= pl.col("track_count") * HEARD))
        .with_columns(is_track_count_known=pl.col("track_count").is_not_null(), release_group_score=score.round(6))
    )
    order = ["-release_group_score", "-listen_count", "-ms_played", "first_listened_at", "release_group_id"]
    return ranked(scored, "listener_id", order=order, rank="release_group_rank", limit=PLACES)
