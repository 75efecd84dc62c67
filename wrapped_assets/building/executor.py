"""The contract between a build and what carries out its units: processes of this machine, or Ray.

    dispatch: plan, schedule ──► cells, and what others recorded ──►  worker: reads, computes, records
                             ◄── what became of them, what it recorded ◄──

A worker shares nothing with the others but the data root, its registry and its locks. It carries out one unit at a time, and whatever it
does, another one can do again: files are named by their content, and a cell counts once its transaction has committed.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from wrapped_assets.building.shares import Part, Share
from wrapped_assets.building.unit_result import UnitResult
from wrapped_assets.contracts.stored_cell import StoredCell
from wrapped_assets.vocabulary.periods import Cell


@dataclass(frozen=True)
class Greeting:
    """What a worker is told when it starts: which root, which situation, and what it must have in common with whoever started it."""

    root: str
    root_version: str  # tells the root from another one at the same path
    environment: str
    registry_url: str = field(repr=False)  # whatever the worker's own machine says
    assets: tuple[str, ...]
    situation: Mapping[str, object]
    asked: set[Cell]
    versions: Mapping[str, str]
    host: str


@dataclass(frozen=True)
class Task:
    """Cells of one unit, what others recorded since the last one, which cells failed, and what is computed of the unit's cells.

    With a `share` that alone is computed, and its rows are written to a `folder`.
    """

    cells: list[Cell]
    stored: list[StoredCell]
    failed: set[Cell]
    parts: list[Part] = field(default_factory=list)
    share: Share | None = None
    folder: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of a unit's cells, what is stored of them now, what was computed of a share, and what ended the work.

    `end` is "moved", "registry", "disk" (the worker cannot write), "refused" (the worker is another), "error", or "" after a whole unit.
    """

    result: UnitResult
    stored: list[StoredCell]
    end: str = ""
    message: str = ""
    may_pass: bool = False
    part: Part | None = None


class WorkerLost(Exception):  # noqa: N818 (a finding, raised to be handled)
    """A worker is gone. Its unit may be recorded in part or as a whole; no part of a cell is."""


class Worker(ABC):
    """One worker, somewhere."""

    def waits(self) -> bool:
        """Whether the worker has no processor yet, because others have them all: it is given nothing until then."""
        return False

    @abstractmethod
    def give(self, task: Task) -> None:
        """Begins a task. WorkerLost where nobody takes it."""

    @abstractmethod
    def answer(self) -> Outcome:
        """What became of the task, once `Executor.ready` has named the worker. WorkerLost where nobody says so."""

    @abstractmethod
    def end(self) -> None:
        """Ends the worker at once, whatever it does. Of a cell that it is writing nothing is recorded."""


class Executor(ABC):
    """A place where workers can be started."""

    @abstractmethod
    def capacity(self) -> int:
        """How many workers have a processor of their own."""

    @abstractmethod
    def start(self, greeting: Greeting, count: int) -> Worker:
        """Starts one of `count` workers. Whether it could start shows when it is given something."""

    @abstractmethod
    def ready(self, workers: Collection[Worker], seconds: float) -> list[Worker]:
        """Waits for at most so many seconds until some of the workers, which all have a task, have an answer or are lost; returns these."""

    @abstractmethod
    def close(self) -> None:
        """Gives back what the executor holds. Its workers have ended."""
