"""Answers for multiple-choice questions: shuffled options and numbers near the true one, derived from a seed, not random."""

from __future__ import annotations

import polars as pl

from wrapped_assets.kernels.identity import joined_key, stable_ids

_STEP_PARTS = 5  # the offered numbers are one fifth of the true number apart


def _drawn(*parts: pl.Expr) -> pl.Expr:
    """A hash per row that depends only on the given parts."""
    return joined_key(*(part.cast(pl.String) for part in parts)).map_batches(stable_ids, return_dtype=pl.Int64)


def shuffled(options: pl.LazyFrame, seeds: pl.LazyFrame, option: str, question: str) -> pl.LazyFrame:
    """Returns each listener's options with quiz_question and option_position, in an order derived from seed and question.

    `options` has a row per listener and `option`, `seeds` a text `seed` per listener. A listener with a single option is left out.
    """
    drawn = options.join(seeds, on="listener_id").with_columns(_order=_drawn(pl.lit(question), pl.col("seed"), pl.col(option)))
    placed = drawn.sort("listener_id", "_order", option).with_columns(
        option_position=pl.int_range(1, pl.len() + 1).over("listener_id"), _options=pl.len().over("listener_id")
    )
    return placed.filter(pl.col("_options") > 1).drop("seed", "_order", "_options").with_columns(quiz_question=pl.lit(question))


def near_numbers(true: pl.LazyFrame, seeds: pl.LazyFrame, options: int, question: str) -> pl.LazyFrame:
    """Returns per listener `options` evenly spaced positive numbers in ascending order, with is_true_option set for the true one.

    The true number is the column `option_value`; its position is derived from the seed. A listener whose true number is 0 is left out.
    """
    value = pl.col("option_value")
    step = pl.max_horizontal((value + _STEP_PARTS // 2) // _STEP_PARTS, pl.lit(1, pl.Int64))
    most_below = pl.min_horizontal((value - 1) // step, pl.lit(options - 1, pl.Int64))
    below = _drawn(pl.lit(question), pl.col("seed")) % (most_below + 1)
    places = pl.Series("option_position", range(1, options + 1), dtype=pl.Int64).to_frame().lazy()
    away = pl.col("option_position") - 1 - pl.col("_below")
    return (
        true.filter(value > 0)
        .join(seeds, on="listener_id")
        .with_columns(_below=below, _step=step)
        .join(places, how="cross")
        .select(
            "listener_id", "option_position", option_value=value + away * pl.col("_step"), is_true_option=away == 0,
            quiz_question=pl.lit(question),
        )
    )  # fmt: skip
