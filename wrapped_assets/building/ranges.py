"""Computes an asset over all listeners range by range of the id that its rows follow from, so that memory is bounded and time is linear."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from types import MappingProxyType

import polars as pl

from wrapped_assets.building.evaluate import engine_of, lazy_result
from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.kernels.ranges import EVERYTHING, Ranges
from wrapped_assets.storage.rows_by_range import RowsByRange, spill_folder
from wrapped_assets.vocabulary.rules import Rules

ROWS_PER_RANGE = 1_500_000  # of the inputs that a range reads: some 110 bytes each while they are grouped
ROWS_PER_BATCH = 250_000  # as they are read
FEW_RANGES = 40  # up to so many, looking at every row once a range (5 ns) costs less than distributing rows once (170 ns), and less memory
Inputs = Mapping[str, pl.DataFrame | pl.LazyFrame]


def result_by_ranges(
    declaration: Declaration, inputs: Inputs, rules: Rules, period: str, count: int = 1,
    known: Mapping[int, pl.DataFrame] = MappingProxyType({}), shares: int = 1, folder: Path | None = None,
) -> pl.DataFrame:  # fmt: skip
    """The rows of an asset over all listeners. `known` has those of some of the shares; `folder`: see `result_of_share`."""
    numbers = range(shares if declaration.divides_by else 1)
    parts = [
        known[number] if number in known else result_of_share(declaration, inputs, rules, period, number, shares, count, folder)
        for number in numbers
    ]
    return parts[0] if len(parts) == 1 else pl.concat(parts)


def result_of_share(
    declaration: Declaration, inputs: Inputs, rules: Rules, period: str, number: int, shares: int, count: int, folder: Path | None = None,
) -> pl.DataFrame:  # fmt: skip
    """The rows of an asset whose ids are in one of so many shares of `count` ranges, from 0; all rows where it has no such id.

    Where ranges are many, each input with the id `by` is read once, and its rows are distributed over the ranges on disk, in the
    `spill_folder` of `folder`. WriteError where that does not take them. A function that takes `within` gets whole inputs, and all ranges
    of the share at once.
    """
    ranges, found = Ranges.of_share(number, shares, count) if declaration.divides_by else EVERYTHING, list[pl.DataFrame]()
    if not declaration.by or count == 1:
        return _result(declaration, inputs, rules, period, ranges)
    with ExitStack() as held:
        for each in _inputs_of(declaration, inputs, ranges, folder or Path(tempfile.gettempdir()), held):
            found.append(_result(declaration, each, rules, period))
    return pl.concat(found)


def _result(declaration: Declaration, inputs: Inputs, rules: Rules, period: str, within: Ranges = EVERYTHING) -> pl.DataFrame:
    return lazy_result(declaration, inputs, rules, period, within).collect(engine=engine_of(inputs))


def _inputs_of(declaration: Declaration, inputs: Inputs, ranges: Ranges, folder: Path, held: ExitStack) -> Iterator[Inputs]:
    """The inputs of each range, in their order."""
    by, kept = declaration.by, dict[str, RowsByRange]()
    wanted = {read.asset: inputs[read.asset].lazy().select(read.columns) for read in declaration.reads if by in read.columns}
    large = [name for name in wanted if isinstance(inputs[name], pl.LazyFrame)] if ranges.count > FEW_RANGES else []
    for name in large:
        schema, place = wanted[name].collect_schema(), spill_folder(folder)
        kept[name] = held.enter_context(closing(RowsByRange(place, schema, ranges.end - ranges.first)))
        for batch in wanted[name].filter(ranges.holds(by)).collect_batches(chunk_size=ROWS_PER_BATCH, engine="streaming"):
            kept[name].add(batch, ranges.numbers(batch[by]))
    for number in range(ranges.first, ranges.end):
        only = Ranges(number, number + 1, ranges.count).holds(by)
        near = {name: kept[name][number - ranges.first].lazy() if name in kept else rows.filter(only) for name, rows in wanted.items()}
        yield {**inputs, **near}
