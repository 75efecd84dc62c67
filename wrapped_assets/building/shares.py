"""Shares of a cell over all listeners: what several workers compute of it at the same time, and its unit joins.

A share is some ranges of the id that the rows of a cell follow from, or the whole of a cell whose rows follow from all others. Its
rows are a file in the folder of the build, which holds for the version of the inputs that it was computed from and for no other.
Nothing depends on such a file: where one is missing, the unit computes the share itself.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from wrapped_assets.building.ranges import ROWS_PER_RANGE
from wrapped_assets.contracts.graph import EXTERNALS
from wrapped_assets.planning.plan import decide
from wrapped_assets.planning.situation import Situation
from wrapped_assets.storage.files import write_parquet
from wrapped_assets.storage.sweep import SHARES
from wrapped_assets.storage.whole_files import is_intact
from wrapped_assets.vocabulary.periods import Cell

ROWS_WORTH_SHARING = 1_000_000  # of the inputs of a cell: below, handing it out takes as long as computing it
MOST_SHARES = 8  # of a cell, and no more than there are workers: each share looks at every row of the cell's inputs once
_OUTSIDE = frozenset(EXTERNALS.values())


@dataclass(frozen=True)
class Share:
    """One of `count` shares of a cell, from 0, all of which together have so many `ranges`."""

    cell: Cell
    number: int
    count: int
    ranges: int = 1


@dataclass(frozen=True)
class Part:
    """The file with the rows of a share, the version of the inputs that they follow from, and the hash of its bytes."""

    share: Share
    input_version: str
    path: str
    file_hash: str


def ranges_of(situation: Situation, cell: Cell) -> int:
    """Into how many ranges of its id a cell over all listeners is cut, so that each has a bounded number of rows that it reads."""
    declaration = situation.graph.by_key[cell.asset]
    if not declaration.divides_by:
        return 1
    return max(1, math.ceil(_rows_read(situation, cell, declaration.by) / ROWS_PER_RANGE))


def shares_of(situation: Situation, cell: Cell, asked: Collection[Cell], most: int = MOST_SHARES) -> list[Share]:
    """The shares that are worth a worker each, of which there are at most so many; none of a cell that is fresh by now, or reads little."""
    if not is_large(situation, cell) or (decide(situation, cell).reason is None and cell not in asked):
        return []
    ranges = ranges_of(situation, cell)
    count = min(ranges, most, MOST_SHARES)
    return [Share(cell, number, count, ranges) for number in range(count)]


def is_large(situation: Situation, cell: Cell) -> bool:
    """Whether a cell reads so much, of what is stored now, that others may compute it ahead of its unit."""
    return _rows_read(situation, cell) >= ROWS_WORTH_SHARING


def first_of(situation: Situation, cells: Sequence[Cell]) -> list[Cell]:
    """Those of a unit's cells that read none of the others."""
    own = set(cells)
    return [cell for cell in cells if own.isdisjoint({source for _, _, source, _ in situation.inputs_of(cell) if source != cell})]


def _rows_read(situation: Situation, cell: Cell, by: str = "") -> int:
    """Rows of stored cells that a cell reads: all of them, or of the inputs with the column `by`."""
    declaration, found = situation.graph.by_key[cell.asset], 0
    for key, read in situation.graph.inputs(declaration):
        if key not in _OUTSIDE and (not by or by in read.columns):
            sources = situation.cells_read(declaration, key, read, cell)
            found += sum(situation.stored[one].row_count for one in sources if one in situation.stored)
    return found


def write_part(root: Path, folder: str, share: Share, input_version: str, rows: pl.DataFrame) -> Part:
    """Writes the rows of a share whole, or not at all."""
    about = f"{share.cell.asset.replace('/', '.')}-{share.cell.period}-{share.number}-of-{share.count}-{input_version}"
    path = f"{SHARES}/{folder}/{about}.parquet"
    _, file_hash = write_parquet(rows, root / path)
    return Part(share, input_version, path, file_hash)


def read_parts(root: Path, parts: Collection[Part], input_version: str) -> dict[int, pl.DataFrame]:
    """Number of a cell's share → its rows, of the parts that hold for these inputs and whose files have their bytes."""
    holding = [part for part in parts if part.input_version == input_version and is_intact(root / part.path, part.file_hash)]
    return {part.share.number: pl.read_parquet(root / part.path) for part in holding}


def remove_parts(root: Path, folder: str) -> None:
    """Removes the files of a build that has ended."""
    shutil.rmtree(root / SHARES / folder, ignore_errors=True)
    with suppress(OSError):  # others build
        (root / SHARES).rmdir()
