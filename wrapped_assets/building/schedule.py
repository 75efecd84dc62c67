"""Which units of a plan wait for which: the order in which several workers may compute them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from wrapped_assets.planning.plan import Plan
from wrapped_assets.planning.situation import Situation
from wrapped_assets.vocabulary.periods import Cell, is_month, period_year

PLAYS_TOGETHER = 100_000  # landed plays of the months of one unit: what is read of them and made of them lies in memory
Place = tuple[str, int | None]  # a period and a bucket


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


class Schedule:
    """Hands out units whose inputs are done. A unit waits for every unit of the plan that computes what it reads."""

    def __init__(self, situation: Situation, units: Sequence[list[Cell]]) -> None:
        self._waiting = dict(enumerate(units))
        place = {cell: number for number, cells in self._waiting.items() for cell in cells}
        self._needs = {
            number: {place[source] for source in _read(situation, cells) if source in place} - {number}
            for number, cells in enumerate(units)
        }
        self._readers: dict[int, list[int]] = {}
        for number, needs in self._needs.items():
            for need in needs:
                self._readers.setdefault(need, []).append(number)
        self._running: dict[int, set[Place]] = {}

    @property
    def is_done(self) -> bool:
        return not self._waiting and not self._running

    def next(self, near: int | None = None) -> tuple[int, list[Cell]] | None:
        """The first unit that waits for nothing, rather of the bucket `near`; None while all wait for those that run.

        No two units of one period and bucket run at once: they would hold one lock.
        """
        busy, chosen = set[Place]().union(*self._running.values()), None
        for number, cells in self._waiting.items():
            if self._needs[number] or not busy.isdisjoint(map(place_of, cells)):
                continue
            if near in (None, cells[0].bucket):
                chosen = number
                break
            chosen = number if chosen is None else chosen
        if chosen is None:
            return None
        cells = self._waiting.pop(chosen)
        self._running[chosen] = set(map(place_of, cells))
        return chosen, cells

    def give_back(self, number: int, cells: list[Cell]) -> None:
        """Takes back a unit that was handed out and not carried out; it is handed out again in its turn."""
        del self._running[number]
        self._waiting = dict(sorted({**self._waiting, number: cells}.items()))

    def finish(self, number: int) -> None:
        del self._running[number]
        for reader in self._readers.get(number, ()):
            self._needs[reader].discard(number)


def place_of(cell: Cell) -> Place:
    """The period and the bucket of a cell, whose lock whoever computes it holds."""
    return cell.period, cell.bucket


def _read(situation: Situation, cells: Iterable[Cell]) -> set[Cell]:
    return {source for cell in cells for _, _, source, _ in situation.inputs_of(cell) if source is not None}
