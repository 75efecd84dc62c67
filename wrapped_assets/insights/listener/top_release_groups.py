"""The albums of a listener's year."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.ranking import ranked
from wrapped_assets.vocabulary import columns as c

PLACES = 50


@insight(
    chapter="music",
    grain=[c.listener_id, c.release_group_rank],
    columns=[c.release_group_id, c.listen_count, c.ms_played, c.first_listened_at],
    reads={"release_group_months": [c.listener_id, c.release_group_id, c.listen_count, c.ms_played, c.first_listened_at]},
    headline="Your album of the year, by listens: {release_group}.",
    examples=[
        Example(
            given={"ana": "2026-03-01 eple/royksopp/melody_am, 2026-04-01 walk/bo/steps walk/bo/steps night/bo"},
            expect=[
                {"listener_id": "ana", "release_group_rank": 1, "release_group_id": "steps", "listen_count": 2},
                {"listener_id": "ana", "release_group_rank": 2, "release_group_id": "melody_am", "listen_count": 1},
            ],
        ),
    ],
)
def top_release_groups(release_group_months: pl.LazyFrame) -> pl.LazyFrame:
    """A listener's release groups by listens, the first fifty, however much of each was heard.

    No catalogue says how many tracks a release group has, so that one much replayed song can carry its album. Plays whose export
    names no release group are left out. A tie goes to the one played longer, then heard first, then to the smaller id.
    """
    groups = (
        release_group_months.filter(pl.col("listen_count") > 0)
        .group_by("listener_id", "release_group_id")
        .agg(pl.col("listen_count", "ms_played").sum(), pl.col("first_listened_at").min())
    )
    order = ["-listen_count", "-ms_played", "first_listened_at", "release_group_id"]
    return ranked(groups, "listener_id", order=order, rank="release_group_rank", limit=PLACES)
