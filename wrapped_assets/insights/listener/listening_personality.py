"""Gives a listener one of sixteen listening personalities."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.places import place_in
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.personalities import AXES, LETTERS, PERSONALITIES

PAST = "2025-05-01 eple/royksopp, "


@insight(
    chapter="community",
    grain=[c.listener_id],
    columns=[
        c.personality_name, c.personality_meaning, c.explorer_share, c.variety_share, c.newness_share, c.mainstream_share, c.listener_count,
    ],
    reads={
        "personality_axes": [c.listener_id, c.axis, c.axis_value],
        "axis_ladder": [c.axis, c.axis_value, c.at_least_count],
    },
    headline="{personality_name}. {personality_meaning}",
    examples=[
        Example(
            given={f"one {n:02}": PAST + "2026-03-01 eple/royksopp*40" for n in range(19)}
            | {"ana": PAST + "2026-03-01 walk/bo*10 night/cy*10 moon/di*20"},
            catalogue={"known_recordings": [{"recording_name": "eple", "artist_names": ["royksopp"], "release_year": 2001}]},
            expect=[{"listener_id": "ana", "personality_name": None, "explorer_share": 0.975, "variety_share": 0.975,
                     "newness_share": None, "mainstream_share": 0.5, "listener_count": 20}, ...],
        ),
        Example(
            given={f"one {n:02}": PAST + "2026-03-01 eple/royksopp*40" for n in range(20)},
            catalogue={"known_recordings": [{"recording_name": "eple", "artist_names": ["royksopp"], "release_year": 2001}]},
            expect=[{"listener_id": "one 00", "personality_name": "The Wave Rider", "explorer_share": 0.5, "newness_share": 0.5}, ...],
        ),
    ],
)  # fmt: skip
def listening_personality(personality_axes: pl.LazyFrame, axis_ladder: pl.LazyFrame) -> pl.LazyFrame:
    """A listener's place on each of four axes, as the share of listeners below, and a personality name if all four are known.

    A listener needs 30 listens, an axis 20 listeners. Listeners with a tie on a value count as half below each other. A place of 0.5 or
    more belongs to the upper half: explorer, varied, new, mainstream.
    """
    placed = place_in(personality_axes, axis_ladder, "axis", "axis_value", "_place", "_people")
    shares = [pl.col("_place").filter(pl.col("axis") == axis).max().alias(f"{axis}_share") for axis in AXES]
    wide = placed.group_by("listener_id").agg(*shares, listener_count=pl.col("_people").max())
    halves = [
        pl.when(pl.col(f"{axis}_share") >= 0.5).then(pl.lit(upper)).when(pl.col(f"{axis}_share").is_not_null()).then(pl.lit(lower))
        for axis, (lower, upper) in zip(AXES, LETTERS, strict=True)
    ]
    told = {"personality_name": {code: name for code, (name, _) in PERSONALITIES.items()},
            "personality_meaning": {code: meaning for code, (_, meaning) in PERSONALITIES.items()}}  # fmt: skip
    code = pl.concat_str(halves)  # null if any half is null
    return wide.with_columns(code.replace_strict(words, default=None, return_dtype=pl.String).alias(name) for name, words in told.items())
