"""The cuts that part twelve months where what is in them differs most."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import polars as pl

from wrapped_assets.kernels.division import divided
from wrapped_assets.kernels.ranking import ranked

MOST_CUTS = 2
KINDS = 20  # the largest, which are told apart; all others are one
_FINE = 1e9  # parts of one in which logarithms are summed: whole numbers, so that sums do not depend on the rows' order


def segmentations(places: int) -> list[tuple[int, ...]]:
    """Where the spans after the first begin, of every way to cut `places` places in a row; few cuts first, then early ones."""
    return [cuts for count in range(MOST_CUTS + 1) for cuts in combinations(range(1, places), count)]


def cut(mixes: Sequence[tuple[pl.LazyFrame, int]], by: str, months: Sequence[str]) -> pl.LazyFrame:
    """`by`, month and span_number of all months: the best of all segmentations, the first in `segmentations` of equals.

    A mix has one row per `by`, kind and month with a whole positive `amount`, in parts of one of the number beside it. The gain of a
    segmentation is, of each mix, N times the Jensen–Shannon divergence (natural logarithm) of its spans' mixes, less ½ (kinds − 1) ln N
    for each cut, N being the amount in all: a cut must tell more than chance would (the Bayesian information criterion). Gains are
    added up. The kinds are the KINDS largest, of equals the smaller, and all others together.
    """
    ways = segmentations(len(months))
    gains = [_gains(mix, by, months, unit, ways) for mix, unit in mixes]
    names = [f"_gain{number}" for number in range(len(ways))]
    summed = pl.concat(gains).group_by(by).agg(pl.col(names).sum())
    best = summed.select(by, _way=pl.concat_list(names).list.arg_max().cast(pl.Int64))
    places = [
        (number, month, 1 + sum(place >= begins for begins in begin))
        for number, begin in enumerate(ways)
        for place, month in enumerate(months)
    ]
    spans = pl.LazyFrame(places, schema={"_way": pl.Int64, "month": pl.String, "span_number": pl.Int64}, orient="row")
    return best.join(spans, on="_way").drop("_way")


def _gains(mix: pl.LazyFrame, by: str, months: Sequence[str], unit: int, ways: Sequence[tuple[int, ...]]) -> pl.LazyFrame:
    """`by` and the gain of each way to cut, in whole 10⁻⁹."""
    amount = pl.col("amount")
    largest = ranked(mix.group_by(by, "kind").agg(amount.sum()), by, order=["-amount", "kind"], rank="_rank", limit=KINDS)
    so_far = {f"_to{place}": amount.filter(pl.col("month") <= month).sum() for place, month in enumerate(months)}
    by_kind = mix.join(largest.drop("amount"), on=[by, "kind"], how="left").group_by(by, "_rank").agg(**so_far)
    last = len(months) - 1
    every = [(first, end) for first in range(len(months)) for end in range(first, last + 1)]
    kinds = {span: _x_log_x(_within(*span), unit) for span in every}
    sums = by_kind.group_by(by).agg(
        *(terms.sum().alias(f"_kinds{first}_{end}") for (first, end), terms in kinds.items()), pl.col(*so_far).sum(), _kinds=pl.len()
    )
    alike = {  # how well a span's own mix foretells what is in it
        (first, end): (pl.col(f"_kinds{first}_{end}") - _x_log_x(_within(first, end), unit)).alias(f"_alike{first}_{end}")
        for first, end in every
    }
    penalty = _fine((pl.col("_kinds").cast(pl.Float64) - 1) * divided(pl.col(f"_to{last}"), unit).clip(1).log() / 2)
    told = sums.select(by, *alike.values(), _penalty=penalty)
    whole = pl.col(f"_alike0_{last}")
    return told.select(
        by,
        *(
            (_all_of(begin, last) - whole - pl.col("_penalty") * len(begin)).alias(f"_gain{number}")
            for number, begin in enumerate(ways)
        ),
    )


def _all_of(begin: tuple[int, ...], last: int) -> pl.Expr:
    ends = (*(first - 1 for first in begin), last)
    return pl.sum_horizontal(f"_alike{first}_{end}" for first, end in zip((0, *begin), ends, strict=True))


def _within(first: int, end: int) -> pl.Expr:
    """What lies between two months, both included."""
    return pl.col(f"_to{end}") - pl.col(f"_to{first - 1}") if first else pl.col(f"_to{end}")


def _fine(value: pl.Expr) -> pl.Expr:
    return (value * _FINE).round().cast(pl.Int64)


def _x_log_x(amount: pl.Expr, unit: int) -> pl.Expr:
    """x ln x of an amount in parts; 0 where there is nothing."""
    x = divided(amount, unit)
    return _fine(pl.when(amount > 0).then(x * x.log()).otherwise(0.0))


def standing_out(amounts: pl.LazyFrame, spans: pl.LazyFrame, by: str, unit: int, limit: int) -> pl.LazyFrame:
    """`by`, span_number, span_rank, kind and amount: what a span has no less of than the whole has, by the excess, at most `limit`.

    `amounts` is a mix in parts of 1 / `unit`, `spans` what `cut` gives. The excess is the amount less what the span would have, were
    its mix the whole's; a tie goes to the larger amount, then to the smaller kind.
    """
    amount = pl.col("amount")
    in_span = amounts.join(spans, on=[by, "month"]).group_by(by, "span_number", "kind").agg(amount.sum())
    of_kind, of_span, of_all = amount.sum().over(by, "kind"), amount.sum().over(by, "span_number"), amount.sum().over(by)
    excess = divided(amount, unit) - divided(of_kind, unit) * (of_span / of_all)
    measured = in_span.with_columns(_excess=excess.round(6)).filter(pl.col("_excess") >= 0)
    return ranked(measured, [by, "span_number"], order=["-_excess", "-amount", "kind"], rank="span_rank", limit=limit).drop("_excess")
