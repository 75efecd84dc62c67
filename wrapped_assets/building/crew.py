"""The workers of a build: how many there are, what each one has, and who hears of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from wrapped_assets.building.executor import Executor, Worker
from wrapped_assets.building.unit_result import UnitResult
from wrapped_assets.contracts.stored_cell import StoredCell

UNIT_SECONDS = 3600.0  # for which nobody doubts that a worker still computes a unit


@dataclass
class Seat:
    """A worker's place: what it has not heard of yet, and the unit that it has."""

    worker: Worker | None  # None: the one it had was lost
    unheard: list[StoredCell] = field(default_factory=list)
    unit: int | None = None
    bucket: int | None = None
    until: float = 0.0  # when it counts as hanging


@dataclass(frozen=True)
class Crew:
    """How many workers of which executor, and for how long one is left with a unit."""

    executor: Executor
    count: int
    unit_seconds: float = UNIT_SECONDS


@dataclass(frozen=True)
class Heard:
    """Who is told: what became of each unit, how many cells are through, and why a worker was lost."""

    result: Callable[[UnitResult], None]
    done: Callable[[int], None]
    lost: Callable[[str], None]
