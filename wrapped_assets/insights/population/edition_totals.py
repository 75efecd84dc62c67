"""Sums up an edition over all of its listeners."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import population
from wrapped_assets.kernels.division import divided
from wrapped_assets.vocabulary import columns as c


@population(
    grain=[c.year],
    columns=[c.listener_count, c.play_count, c.listen_count, c.minutes],
    reads={"listening_totals": [c.listener_id, c.play_count, c.listen_count, c.ms_played]},
    minimum_group=1,
    examples=[
        Example(
            given={"ana": "2026-03-01 eple so_here~12s", "bo": "2026-03-02 eple"},
            expect=[{"year": 2026, "listener_count": 2, "play_count": 3, "listen_count": 2, "minutes": 6.2}],
        ),
    ],
)
def edition_totals(listening_totals: pl.LazyFrame, year: int) -> pl.LazyFrame:
    """An edition's number of listeners and what they played inside its window; a year without listeners has no row.

    No ties: nothing is ranked. Operators use it for readiness and reconciliation, so it also covers a single listener. Exports
    pass the privacy gates.
    """
    return (
        listening_totals.select(
            listener_count=pl.col("listener_id").n_unique(),
            play_count=pl.col("play_count").sum(),
            listen_count=pl.col("listen_count").sum(),
            minutes=divided(pl.col("ms_played").sum(), 60_000),  # sum whole milliseconds first: a sum of fractions depends on its order
        )
        .filter(pl.col("listener_count") > 0)
        .with_columns(year=pl.lit(year, pl.Int64))
    )
