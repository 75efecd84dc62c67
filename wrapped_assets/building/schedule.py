"""Which units of a plan wait for which: the order in which several workers may compute them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import TypeAlias

from wrapped_assets.building.shares import Share
from wrapped_assets.planning.plan import Plan
from wrapped_assets.planning.situation import Situation
from wrapped_assets.vocabulary.periods import Cell, is_month, period_year

PLAYS_TOGETHER = 100_000  # landed plays of the months of one unit: what is read of them and made of them lies in memory
LAST = 1 << 32  # greater than any bucket's number
Place = tuple[str, int | None]  # a period and a bucket
Piece: TypeAlias = list[Cell] | Share  # a unit, or what is computed of one of its cells before it


def units_of(plan: Plan, landed: Mapping[tuple[str, int], int]) -> list[list[Cell]]:
    """The cells of a plan in its order: those of one period and bucket together, and few plays of several months too.

    Months of a year and bucket are one unit as long as they have no more than `PLAYS_TOGETHER` of the plays that are `landed`, by month and
    bucket. A unit stands where its first cell does: no month's cells read another month's.
    """
    units: list[list[Cell]] = []
    filling: dict[tuple[int, int], tuple[list[Cell], int]] = {}  # (year, bucket) → the unit that takes months, and how many plays it has
    for (period, bucket), steps in groupby(plan.steps, key=lambda step: place_of(step.cell)):
        cells = [step.cell for step in steps]
        if bucket is None or not is_month(period):
            units.append(cells)
            continue
        plays, lane = landed.get((period, bucket), 0), (period_year(period), bucket)
        unit, before = filling.get(lane, ([], 0))
        if unit and before + plays <= PLAYS_TOGETHER:
            unit.extend(cells)
            filling[lane] = unit, before + plays
        else:
            units.append(cells)
            filling[lane] = cells, plays
    return units


def bucket_by_bucket(units: Sequence[list[Cell]]) -> list[list[Cell]]:
    """The units in the order in which one process reads least back: a bucket's year follows its months, whose rows are still in memory.

    Year by year, in each first what comes before the year's first unit over all listeners, by bucket, then the rest as it stood. No cell
    reads a later year's, nor another bucket's but through one over all listeners, so each unit still follows what it reads.
    """
    over_all, order = set[int](), list[tuple[int, int, int]]()  # of each unit: year, bucket or what comes last, place
    for place, ((period, bucket), *_) in enumerate(map(place_of, unit) for unit in units):
        year = period_year(period)
        if bucket is None:
            over_all.add(year)
        order.append((year, LAST if bucket is None or year in over_all else bucket, place))
    return [units[place] for *_, place in sorted(order)]


class Schedule:
    """Hands out units whose inputs are done. A unit waits for every unit of the plan that computes what it reads.

    Pieces that are put before a unit have numbers below 0, so that they come first.
    """

    def __init__(self, situation: Situation, units: Sequence[list[Cell]]) -> None:
        self._waiting: dict[int, Piece] = dict(enumerate(units))
        place = {cell: number for number, cells in enumerate(units) for cell in cells}
        self._needs = {
            number: {place[source] for source in _read(situation, cells) if source in place} - {number}
            for number, cells in enumerate(units)
        }
        self._readers: dict[int, list[int]] = {}
        for number, needs in self._needs.items():
            for need in needs:
                self._readers.setdefault(need, []).append(number)
        self._running: dict[int, set[Place]] = {}
        self._added = 0

    @property
    def is_done(self) -> bool:
        return not self._waiting and not self._running

    def next(self, near: int | None = None) -> tuple[int, Piece] | None:
        """The first piece that waits for nothing, rather of the bucket `near`; None while all wait for those that run.

        No two units of one period and bucket run at once: they would hold one lock.
        """
        busy, chosen = set[Place]().union(*self._running.values()), None
        for number, piece in self._waiting.items():
            if self._needs[number] or not busy.isdisjoint(_places_of(piece)):
                continue
            if near is None or (isinstance(piece, list) and piece[0].bucket == near):
                chosen = number
                break
            chosen = number if chosen is None else chosen
        if chosen is None:
            return None
        piece = self._waiting.pop(chosen)
        self._running[chosen] = _places_of(piece)
        return chosen, piece

    def give_back(self, number: int, piece: Piece) -> None:
        """Takes back a piece that was handed out and not carried out; it is handed out again in its turn."""
        del self._running[number]
        self._wait(number, piece)

    def put_before(self, number: int, pieces: Iterable[Piece]) -> list[int]:
        """Has a unit wait for pieces that need nothing but what it needs; returns their numbers."""
        added = []
        for piece in pieces:
            added.append(-1 - self._added)
            self._added += 1
            self._needs[added[-1]] = set(self._needs[number])
            self._readers[added[-1]] = [number]
            self._wait(added[-1], piece)
        self._needs[number] = self._needs[number] | set(added)
        return added

    def _wait(self, number: int, piece: Piece) -> None:
        self._waiting = dict(sorted({**self._waiting, number: piece}.items()))

    def finish(self, number: int) -> None:
        del self._running[number]
        for reader in self._readers.get(number, ()):
            self._needs[reader].discard(number)


def place_of(cell: Cell) -> Place:
    """The period and the bucket of a cell, whose lock whoever computes it holds."""
    return cell.period, cell.bucket


def _places_of(piece: Piece) -> set[Place]:
    """Whose locks whoever computes a piece holds: none for a share, which records nothing."""
    return set() if isinstance(piece, Share) else set(map(place_of, piece))


def _read(situation: Situation, cells: Iterable[Cell]) -> set[Cell]:
    return {source for cell in cells for _, _, source, _ in situation.inputs_of(cell) if source is not None}
