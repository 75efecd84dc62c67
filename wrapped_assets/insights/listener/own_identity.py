"""Names how a listener listened, from the listener's own years alone."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.division import divided
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.identities import AGAINST_YEAR_BEFORE, BY_HALVES, NAMES

OWN = (c.new_artist_listen_share, c.repeat_share, c.median_release_year)


@insight(
    chapter="community",
    grain=[c.listener_id],
    columns=[c.identity_name, c.identity_meaning, c.is_against_year_before, *OWN,
             c.before_new_artist_listen_share, c.before_repeat_share, c.before_median_release_year],
    reads={
        "personality_axes": [c.listener_id, c.axis, c.axis_value],
        "variety": [c.listener_id, c.repeat_share],
        "own_identity": ([c.listener_id, *OWN], "previous_year"),
    },
    headline="{identity_name}. {identity_meaning}",
    examples=[
        Example(
            given={"ana": "2024-05-01 eple/cy, 2025-05-01 eple/cy*24 night/bo*6, 2026-03-01 eple/cy*10 walk/di*10 moon/eve*20",
                   "bo": "2026-03-01 eple/cy*40", "cy": "2026-03-01 eple/cy*29"},
            expect=[
                {"listener_id": "ana", "identity_name": "The Wanderer", "is_against_year_before": True, "new_artist_listen_share": 0.75,
                 "before_new_artist_listen_share": 0.2, "repeat_share": 0.925, "before_repeat_share": 0.933333},
                {"listener_id": "bo", "identity_name": "The Devotee", "is_against_year_before": False, "new_artist_listen_share": None,
                 "repeat_share": 0.975, "before_repeat_share": None},
            ],
        ),
    ],
)  # fmt: skip
def own_identity(personality_axes: pl.LazyFrame, variety: pl.LazyFrame, own_identity: pl.LazyFrame) -> pl.LazyFrame:
    """A name and a sentence for a listener with 30 listens: more of new artists or of known ones, more repeats or fewer.

    Each is compared with the listener's year before if all that is known of this year was known of that one and differs from it,
    otherwise with one half. Where no artist of the year was known before it, or nothing is, the name tells of repeats alone.
    Nobody else's listens count. No ties: nothing is ranked.
    """
    value, axis = pl.col("axis_value"), pl.col("axis")
    of_new, year_of_half = divided(value, 1000).filter((axis == "explorer") & (value < 1000)).max(), value.filter(axis == "newness").max()
    axes = personality_axes.group_by("listener_id").agg(new_artist_listen_share=of_new, median_release_year=year_of_half)
    before = own_identity.rename({column.name: f"before_{column.name}" for column in OWN})
    year = axes.join(variety, on="listener_id").join(before, on="listener_id", how="left")
    new, repeats = pl.col("new_artist_listen_share"), pl.col("repeat_share")
    is_same = pl.col("before_new_artist_listen_share") == new, pl.col("before_repeat_share") == repeats
    differs = pl.when(new.is_null()).then(~is_same[1]).otherwise(~is_same[0] & ~is_same[1]).fill_null(value=False)
    new_then, repeats_then = (pl.when(differs).then(pl.col(f"before_{column.name}")).otherwise(0.5) for column in OWN[:2])
    which = pl.when(new.is_null()).then(pl.lit("-")).when(new > new_then).then(pl.lit("N")).otherwise(pl.lit("K"))
    letters = which + pl.when(repeats > repeats_then).then(pl.lit("R")).otherwise(pl.lit("V"))
    said = {"identity_name": NAMES, "_against": AGAINST_YEAR_BEFORE, "_halves": BY_HALVES}
    words = {name: letters.replace_strict(dict(texts), return_dtype=pl.String) for name, texts in said.items()}
    meaning = pl.when(differs).then(pl.col("_against")).otherwise(pl.col("_halves"))
    return year.with_columns(is_against_year_before=differs, **words).with_columns(identity_meaning=meaning)
