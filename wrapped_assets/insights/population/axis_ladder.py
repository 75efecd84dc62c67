"""Counts listeners at each value of the personality axes."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import MINIMUM_LISTENERS, population
from wrapped_assets.kernels.ladders import ladder
from wrapped_assets.vocabulary import columns as c


@population(
    grain=[c.axis, c.axis_value],
    columns=[c.at_least_count],
    reads={"personality_axes": [c.listener_id, c.axis, c.axis_value]},
    minimum_group=MINIMUM_LISTENERS,
    examples=[
        Example(
            given={f"one {n:02}": "2026-03-01 eple*40" if n else "2026-03-01 eple*20 walk*20" for n in range(20)},
            expect=[
                {"axis": "mainstream", "axis_value": 1000, "at_least_count": 20},
                {"axis": "variety", "axis_value": 25, "at_least_count": 20},
                {"axis": "variety", "axis_value": 50, "at_least_count": 1},
            ],
        ),
    ],
)
def axis_ladder(personality_axes: pl.LazyFrame) -> pl.LazyFrame:
    """A value on a personality axis and how many listeners have at least that value; the axis needs 20 listeners.

    No ties: nobody is ranked here.
    """
    return ladder(personality_axes, "axis", "axis_value")
