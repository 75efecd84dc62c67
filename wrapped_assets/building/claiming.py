"""Carries out the units of a plan in this process, beside processes of other machines that carry out the same plan."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from wrapped_assets.building.passes import Pass
from wrapped_assets.building.schedule import Schedule
from wrapped_assets.vocabulary.periods import Cell


def carry_out(one: Pass, units: Sequence[list[Cell]], finished: Callable[[int], None]) -> None:
    """Computes the units in their order; `finished` gets the number of cells of each.

    Where the registry is on a server, other machines may build at the same time: a unit that one of them has claimed is passed over as long
    as there is another one to compute. Then this process waits for it, and finds it fresh.
    """
    if one.project.root.server_locks is None:
        for cells in units:
            one.unit(cells)
            finished(len(cells))
        return
    schedule, claimed = Schedule(one.situation, units), deque[int]()
    while not schedule.is_done:
        chosen = schedule.next()
        if chosen is not None and not one.unit(units[chosen[0]], wait=False):
            claimed.append(chosen[0])
            continue
        number = claimed.popleft() if chosen is None else chosen[0]
        if chosen is None:
            one.unit(units[number])
        schedule.finish(number)
        finished(len(units[number]))
