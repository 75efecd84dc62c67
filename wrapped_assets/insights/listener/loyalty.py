"""Finds artists that a listener heard in every month of the year."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.ranking import ranked
from wrapped_assets.vocabulary import columns as c

PLACES = 50
_YEAR_LONG = ", ".join(f"{year}-{month:02d}-05 eple/royksopp" for year in (2025, 2026) for month in range(1, 13))


@insight(
    chapter="habits",
    grain=[c.listener_id, c.loyalty_rank],
    columns=[c.artist_id, c.loyal_year_count, c.listen_count, c.history_since],
    reads={
        "loyal_artists": [c.listener_id, c.artist_id, c.loyal_year_count, c.listen_count, c.ms_played, c.first_listened_at],
        "discoveries": [c.listener_id, c.history_since],
    },
    headline="{artist}, every single month.",
    examples=[
        Example(
            given={"ana": f"{_YEAR_LONG}, 2026-01-07 night/bo*20, 2026-12-07 night/bo"},
            expect=[
                {
                    "loyalty_rank": 1, "artist_id": "royksopp", "loyal_year_count": 2, "listen_count": 12,
                    "history_since": "2025-01-05T12:00:00Z",
                }
            ],
        ),
    ],
)  # fmt: skip
def loyalty(loyal_artists: pl.LazyFrame, discoveries: pl.LazyFrame) -> pl.LazyFrame:
    """One of at most fifty artists heard in every month of the window, ranked by how many years in a row this was so.

    Years are counted backwards from this one, at most to `history_since`, each with its own edition's window. A tie goes to more listens,
    then longer played, then heard first, then the smaller id.
    """
    order = ["-loyal_year_count", "-listen_count", "-ms_played", "first_listened_at", "artist_id"]
    kept = ranked(loyal_artists, "listener_id", order=order, rank="loyalty_rank", limit=PLACES)
    return kept.join(discoveries, on="listener_id", how="left")
