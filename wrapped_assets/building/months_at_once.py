"""Joins the inputs of several months of an asset to one call, and splits what it returns into the months' cells.

A law over all monthly assets holds each month to what it is alone (`wrapped_assets_tests/building/test_months_at_once.py`). Whatever
does not fit raises, and the months are computed one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import polars as pl

from wrapped_assets.building.evaluate import engine_of, lazy_result
from wrapped_assets.contracts.declaration import Declaration, Read
from wrapped_assets.contracts.graph import Graph
from wrapped_assets.kernels.engines import Query, collected
from wrapped_assets.kernels.several_months import Coding, Months, listeners_in
from wrapped_assets.vocabulary.periods import Cell, Month
from wrapped_assets.vocabulary.rules import Rules

LISTENER = "listener_id"
MOST_ROWS = 10_000  # of an input: of more, a query costs less than its rows, which cost the same either way (benchmarks/README.md)
Given = Mapping[str, pl.DataFrame | pl.LazyFrame]  # the inputs of a cell, by name


class OneByOne(Exception):  # noqa: N818 (a finding, which sends the caller another way)
    """These months cannot be computed in one call."""


@dataclass(frozen=True)
class AtOnce:
    """One query for several months' cells of an asset."""

    cells: Sequence[Cell]
    coding: Coding
    query: Query

    @classmethod
    def of(cls, graph: Graph, declaration: Declaration, cells: Mapping[Cell, Given], rules: Rules) -> AtOnce:
        """The query for cells of one year and bucket, in the order of their months. OneByOne or ValueError where they do not fit."""
        frames = {read: [given[read.asset] for given in cells.values()] for read in declaration.reads}
        if not all(isinstance(frame, pl.DataFrame) for found in frames.values() for frame in found):
            raise OneByOne(declaration.key)
        own = {read: [frame[list(read.columns)] for frame in found] for read, found in frames.items() if LISTENER in read.columns}
        every = [frame for found in own.values() for frame in found]
        coding = Coding(Months(tuple(Month.parse(cell.period) for cell in cells)), listeners_in(every))
        inputs = {read.asset: coding.coded(found) for read, found in own.items()}
        for read in declaration.reads:
            if read.asset not in inputs:
                inputs[read.asset] = _same_for_all(graph, read, frames[read], list(own.values()))
        query = lazy_result(declaration, inputs, rules, coding.months), engine_of(inputs)
        return cls(list(cells), coding, query)

    @classmethod
    def of_each(cls, graph: Graph, given: Mapping[Cell, Given], rules_of: Callable[[str], Rules]) -> list[AtOnce]:
        """The months of each asset that can be computed at once. Cells that are in none are to be computed alone."""
        found = list[AtOnce]()
        for asset, cells in groupby(sorted(given), key=lambda cell: cell.asset):
            for few in _in_few(list(cells), given):
                with suppress(Exception):  # then each month is computed alone, and answers for itself
                    found.append(cls.of(graph, graph.by_key[asset], {cell: given[cell] for cell in few}, rules_of(few[0].period)))
        return found

    def split(self, rows: pl.DataFrame) -> dict[Cell, pl.DataFrame]:
        """The rows of each cell. ValueError where some are of none of them."""
        return dict(zip(self.cells, self.coding.of_each(rows), strict=True))


def rows_at_once(
    graph: Graph, waiting: Mapping[Cell, Query | Given], rules_of: Callable[[str], Rules], alone: Callable[[Cell, Query | Given], Query]
) -> dict[Cell, pl.DataFrame]:
    """The rows of cells of a year and bucket by as few queries as can be, which share what they have in common.

    `alone` gives the query for one cell. Raises what any of the queries raises.
    """
    months = AtOnce.of_each(graph, {cell: given for cell, given in waiting.items() if isinstance(given, dict)}, rules_of)
    joined = {cell for each in months for cell in each.cells}
    queries = {cell: alone(cell, given) for cell, given in waiting.items() if cell not in joined}
    frames = collected([*queries.values(), *(each.query for each in months)])
    found = dict(zip(queries, frames, strict=False))
    for each, rows in zip(months, frames[len(queries) :], strict=True):
        found |= each.split(rows)
    return found


def _in_few(cells: Sequence[Cell], given: Mapping[Cell, Given]) -> list[list[Cell]]:
    """The cells in groups of at least two, in their order, as many as have few rows together."""
    groups: list[list[Cell]] = []
    room = 0
    for cell in cells:
        rows = max((frame.height for frame in given[cell].values() if isinstance(frame, pl.DataFrame)), default=0)
        if not groups or rows > room:
            groups.append([])
            room = MOST_ROWS
        groups[-1].append(cell)
        room -= rows
    return [group for group in groups if len(group) > 1]


def can_join(graph: Graph, declaration: Declaration) -> bool:
    """Whether an asset's months can be told apart in one call: its rows, and those that it reads of its listeners, name the listener."""
    if declaration.kind != "month_bucket" or declaration.row_key or declaration.order[0] != LISTENER:
        return False
    inputs = graph.inputs(declaration)
    return all(LISTENER in read.columns or (key in graph.by_key and _key_of(graph, read) in read.columns) for key, read in inputs)


def _key_of(graph: Graph, read: Read) -> str:
    """The column by which an input that is about no listener is looked up."""
    source = graph.by_key[graph.keys[read.asset]]
    return source.row_key or source.grain[0]


def _same_for_all(graph: Graph, read: Read, frames: Sequence[pl.DataFrame], own: Sequence[Sequence[pl.DataFrame]]) -> pl.DataFrame:
    """What every month may look up. OneByOne where two months say different things of one key.

    So it is where an id among a month's `own` rows is unknown to that month alone: it would look up what another month says.
    """
    key, columns = _key_of(graph, read), list(read.columns)
    whole = pl.concat([frame[columns] for frame in frames])
    month = np.repeat(np.arange(len(frames)), [frame.height for frame in frames])
    keys, place = np.unique(whole[key].to_numpy(), return_inverse=True)
    is_known = np.zeros((len(frames), len(keys)), dtype=bool)
    is_known[month, place] = True
    if not all(_knows_its_own(keys, is_known, found) for found in own):
        raise OneByOne(read.asset)
    if graph.by_key[graph.keys[read.asset]].row_key:  # equal keys are equal rows, by declaration
        return whole.filter(pl.col(key).is_first_distinct())
    told = pl.Series("_told", is_known.sum(axis=0)[place])
    rows = whole.with_columns(told, pl.Series("_month", month)).group_by(*columns, "_told").agg(pl.len(), pl.col("_month").n_unique())
    if not rows.select(((pl.col("len") == pl.col("_told")) & (pl.col("_month") == pl.col("_told"))).all()).item():
        raise OneByOne(read.asset)
    return rows.select(columns)


def _knows_its_own(keys: np.ndarray, is_known: np.ndarray, frames: Sequence[pl.DataFrame]) -> bool:
    """Whether each of the keys that stand among a month's rows, in whatever column, is known to that month."""
    month = np.repeat(np.arange(len(frames)), [frame.height for frame in frames])
    for name in (name for name, dtype in frames[0].schema.items() if dtype == pl.Int64 and name != LISTENER and len(keys)):
        values = pl.concat([frame.get_column(name) for frame in frames]).fill_null(-1).to_numpy()
        place = np.minimum(np.searchsorted(keys, values), len(keys) - 1)
        is_key = keys[place] == values
        if not is_known[month[is_key], place[is_key]].all():
            return False
    return True
