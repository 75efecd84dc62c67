"""Which units of a plan wait for which: the order in which several workers may compute them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from wrapped_assets.planning.plan import Plan
from wrapped_assets.planning.situation import Situation
from wrapped_assets.vocabulary.periods import Cell

Unit = tuple[str, int | None]  # a period and a bucket


def units_of(plan: Plan) -> list[list[Cell]]:
    """The cells of a plan in its order, those of one period and bucket together as long as they follow one another."""
    return [[step.cell for step in steps] for _, steps in groupby(plan.steps, key=lambda step: _unit(step.cell))]


class Schedule:
    """Hands out units whose inputs are done. A unit waits for every unit of the plan that computes what it reads."""

    def __init__(self, situation: Situation, units: Sequence[list[Cell]]) -> None:
        self._waiting = dict(enumerate(units))
        place = {cell: number for number, cells in self._waiting.items() for cell in cells}
        self._needs = {
            number: {place[source] for source in _read(situation, cells) if source in place} - {number}
            for number, cells in enumerate(units)
        }
        self._running: dict[int, Unit] = {}

    @property
    def is_done(self) -> bool:
        return not self._waiting and not self._running

    def next(self, near: int | None = None) -> tuple[int, list[Cell]] | None:
        """The first unit that waits for nothing, rather of the bucket `near`; None while all wait for those that run.

        No two units of one period and bucket run at once: they would hold one lock.
        """
        busy = set(self._running.values())
        ready = [number for number, cells in self._waiting.items() if not self._needs[number] and _unit(cells[0]) not in busy]
        if not ready:
            return None
        chosen = next((number for number in ready if self._waiting[number][0].bucket == near), ready[0])
        cells = self._waiting.pop(chosen)
        self._running[chosen] = _unit(cells[0])
        return chosen, cells

    def finish(self, number: int) -> None:
        del self._running[number]
        for needs in self._needs.values():
            needs.discard(number)


def _unit(cell: Cell) -> Unit:
    return cell.period, cell.bucket


def _read(situation: Situation, cells: Iterable[Cell]) -> set[Cell]:
    return {source for cell in cells for _, _, source, _ in situation.inputs_of(cell) if source is not None}
