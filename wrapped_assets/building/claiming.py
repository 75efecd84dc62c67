"""Carries out the units of a plan in this process, beside processes of other machines that carry out the same plan."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from wrapped_assets.building.passes import Pass
from wrapped_assets.building.schedule import Schedule
from wrapped_assets.vocabulary.periods import Cell


def carry_out(one: Pass, units: Sequence[list[Cell]], finished: Callable[[int], None]) -> None:
    """Computes the units in the plan's order; `finished` gets the number of cells of each.

    Where the registry is on a server, other machines may build at the same time: a unit that one of them has claimed is passed over as long
    as there is another one to compute. Then this process waits for it, and finds it fresh.
    """
    if one.project.root.server_locks is None:
        for cells in units:
            one.unit(cells)
            finished(len(cells))
        return
    schedule, claimed = Schedule(one.situation, units), deque[tuple[int, list[Cell]]]()
    while not schedule.is_done:
        chosen = schedule.next()
        if chosen is not None and not one.unit(chosen[1], wait=False):
            claimed.append(chosen)
            continue
        number, cells = chosen or claimed.popleft()
        if chosen is None:
            one.unit(cells)
        schedule.finish(number)
        finished(len(cells))
