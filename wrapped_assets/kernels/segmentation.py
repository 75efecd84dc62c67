"""Divides twelve months into the spans whose contents differ most."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise
from types import MappingProxyType

import numpy as np
import polars as pl

from wrapped_assets.kernels.division import divided
from wrapped_assets.kernels.ranking import ranked

MOST_CUTS = 2
KINDS = 20  # how many of the largest kinds are distinguished; all others are merged
_OPAQUE = MappingProxyType({"predicate_pushdown": False, "projection_pushdown": False, "slice_pushdown": False})
_FINE = 1e9  # logarithms are summed as whole numbers of this fraction, so that sums do not depend on the rows' order


def segmentations(places: int) -> list[tuple[int, ...]]:
    """Lists all ways to cut a row of `places`, as the starts of the spans after the first; fewer cuts first, then earlier ones."""
    return [cuts for count in range(MOST_CUTS + 1) for cuts in combinations(range(1, places), count)]


def cut(mixes: Sequence[tuple[pl.LazyFrame, int]], by: str, months: Sequence[str]) -> pl.LazyFrame:
    """Returns `by`, month and span_number of all months for the best segmentation; a tie goes to the first one in `segmentations`.

    A mix has one row per `by`, kind and month with a positive whole `amount`, in units of 1 / the number given with it. A mix's
    gain from a segmentation is N times the Jensen–Shannon divergence (natural logarithm) of its spans' mixes, less ½ (kinds − 1) ln N per
    cut, where N is the total amount, so that a cut must explain more than chance would (Bayesian information criterion). Gains of mixes
    are added up. Kinds are the KINDS largest ones (a tie goes to the smaller) and all others together.
    """
    ways = segmentations(len(months))
    rows = [
        _by_kind(mix, by, months).with_columns(_mix=pl.lit(place), _unit=pl.lit(unit, pl.Int64)) for place, (mix, unit) in enumerate(mixes)
    ]
    schema = {by: mixes[0][0].collect_schema()[by], "_way": pl.Int64()}
    chosen = pl.concat(rows).map_batches(lambda found: _best(found, by, len(months), ways), schema=schema, **_OPAQUE)
    places = [
        (way, month, 1 + sum(place >= begins for begins in cuts)) for way, cuts in enumerate(ways) for place, month in enumerate(months)
    ]
    spans = pl.LazyFrame(places, schema={"_way": pl.Int64, "month": pl.String, "span_number": pl.Int64}, orient="row")
    return chosen.join(spans, on="_way").drop("_way").cache()  # a second reader would search again, because Polars cannot look into a map


def _by_kind(mix: pl.LazyFrame, by: str, months: Sequence[str]) -> pl.LazyFrame:
    """Returns `by`, _kind, _place and amount of the distinguished kinds."""
    amount = pl.col("amount")
    largest = ranked(mix.group_by(by, "kind").agg(amount.sum()), by, order=["-amount", "kind"], rank="_kind", limit=KINDS)
    place = pl.col("month").replace_strict(months, range(len(months)), return_dtype=pl.Int64)
    told_apart = mix.join(largest.drop("amount"), on=[by, "kind"], how="left")
    return told_apart.group_by(by, "_kind", _place=place).agg(amount.sum())


def _best(rows: pl.DataFrame, by: str, places: int, ways: Sequence[tuple[int, ...]]) -> pl.DataFrame:
    """Returns `by` and the number of the segmentation with the largest gain."""
    if rows.is_empty():
        return pl.DataFrame(schema={by: rows.schema[by], "_way": pl.Int64})
    ordered = rows.sort(by, "_mix", "_kind")
    begins = _begins(ordered, by, "_mix", "_kind").to_numpy()
    amounts = np.zeros((begins.sum(), places + 1), dtype=np.int64)
    amounts[np.cumsum(begins) - 1, ordered["_place"].to_numpy() + 1] = ordered["amount"].to_numpy()
    amounts = np.cumsum(amounts, axis=1)  # cumulative up to each place
    ordered = ordered.filter(begins)
    units = ordered["_unit"].to_numpy()
    mixes = np.flatnonzero(_begins(ordered, by, "_mix"))
    owners = ordered[mixes].select(by)

    def alike(first: int, end: int) -> np.ndarray:
        """The log-likelihood of the places from `first` up to, not including, `end` under their own mix."""
        within = amounts[:, end] - amounts[:, first]
        return np.add.reduceat(_x_log_x(within, units), mixes) - _x_log_x(np.add.reduceat(within, mixes), units[mixes])

    told = {span: alike(*span) for span in combinations(range(places + 1), 2)}
    of_all = np.add.reduceat(amounts[:, -1], mixes) / units[mixes]
    kinds = np.diff(np.append(mixes, len(ordered)))
    penalty = _fine((kinds - 1) * np.log(np.maximum(of_all, 1)) / 2)
    firsts = np.flatnonzero(_begins(owners, by))
    gains = [
        np.add.reduceat(sum(told[span] for span in pairwise((0, *way, places))) - told[0, places] - penalty * len(way), firsts)
        for way in ways
    ]
    return owners[firsts].with_columns(_way=pl.Series(np.argmax(gains, axis=0), dtype=pl.Int64))


def _begins(rows: pl.DataFrame, *keys: str) -> pl.Series:
    """Whether each of the sorted rows is the first of its key."""
    return rows.select(pl.any_horizontal(pl.col(key).ne_missing(pl.col(key).shift(1)) for key in keys)).to_series()


def _fine(value: np.ndarray) -> np.ndarray:
    return np.rint(value * _FINE).astype(np.int64)


def _x_log_x(amounts: np.ndarray, units: np.ndarray) -> np.ndarray:
    """Computes x ln x of amounts; 0 for 0."""
    x = amounts / units
    return _fine(x * np.log(np.where(x > 0, x, 1)))


def standing_out(amounts: pl.LazyFrame, spans: pl.LazyFrame, by: str, unit: int, limit: int) -> pl.LazyFrame:
    """Returns `by`, span_number, span_rank, kind and amount: at most `limit` kinds that are not rarer in a span than overall, by excess.

    `amounts` is a mix in units of 1 / `unit`, `spans` is the result of `cut`. The excess is the amount less the amount that the span
    would have with the overall mix. A tie goes to the larger amount, then to the smaller kind.
    """
    amount = pl.col("amount")
    in_span = amounts.join(spans, on=[by, "month"]).group_by(by, "span_number", "kind").agg(amount.sum())
    of_kind, of_span, of_all = amount.sum().over(by, "kind"), amount.sum().over(by, "span_number"), amount.sum().over(by)
    excess = divided(amount, unit) - divided(of_kind, unit) * (of_span / of_all)
    measured = in_span.with_columns(_excess=excess.round(6)).filter(pl.col("_excess") >= 0)
    return ranked(measured, [by, "span_number"], order=["-_excess", "-amount", "kind"], rank="span_rank", limit=limit).drop("_excess")
