"""The workers of a build: how many there are, what each one has, who hears of them, and what ends their work."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from wrapped_assets.building.executor import Executor, Outcome, Worker
from wrapped_assets.building.pin import Moved
from wrapped_assets.building.unit_result import UnitResult
from wrapped_assets.contracts.errors import BuildError, RegistryUnavailable
from wrapped_assets.contracts.stored_cell import StoredCell

LOOKS_AGAIN = 0.5  # seconds, whether a worker has a processor by now
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


@dataclass
class Idleness:
    """For how long every worker has waited for a processor."""

    since: float = field(default_factory=time.monotonic)

    def wait(self, most_seconds: float) -> None:
        """Returns after a moment. BuildError where they have waited for so many seconds."""
        if time.monotonic() - self.since > most_seconds:
            raise BuildError(
                f"none of the workers got a processor within {most_seconds:,.0f} s, because others use them or the cluster has none: "
                "run the build again later"
            )
        time.sleep(min(LOOKS_AGAIN, most_seconds))


def raise_end(outcome: Outcome) -> None:
    """Raises what ended a worker's task before its end."""
    if outcome.end == "moved":
        raise Moved(outcome.message)
    if outcome.end == "registry":
        raise RegistryUnavailable(outcome.message, may_pass=outcome.may_pass)
    raise BuildError(outcome.message)
