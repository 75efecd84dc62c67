"""A process of a build: it computes the units that it is sent, and tells what became of them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from wrapped_assets.building.passes import Pass
from wrapped_assets.building.pin import Moved
from wrapped_assets.building.situate import Project
from wrapped_assets.building.unit_result import UnitResult
from wrapped_assets.contracts.errors import BuildError, RegistryUnavailable
from wrapped_assets.contracts.graph import graph_of, whole_graph
from wrapped_assets.contracts.stored_cell import StoredCell
from wrapped_assets.planning.situation import Situation
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.periods import Cell


@dataclass(frozen=True)
class Task:
    """Cells of one unit, what others recorded since the last one, and which cells failed."""

    cells: list[Cell]
    stored: list[StoredCell]
    failed: set[Cell]


@dataclass(frozen=True)
class Outcome:
    """What became of a unit's cells, what is stored of them now, and what ended the work: "moved", "registry", "error" or ""."""

    result: UnitResult
    stored: list[StoredCell]
    end: str = ""
    message: str = ""
    may_pass: bool = False


_OTHER_CODE = Outcome(UnitResult(), [], "error", "the project's code changed while the build started: run the build again")


def work(handle: int) -> None:
    """The life of a worker: it learns the situation, then computes one unit after the other until the parent is gone."""
    pipe = Connection(handle)
    with suppress(EOFError, OSError):
        path, environment, keys, known, asked = pipe.recv()
        root = Root.open(Path(path))
        project = Project(root.within(environment) if environment else root)
        if tuple(project.graph.by_key) != keys:
            project = Project(project.root, graph_of(whole_graph().by_key[key] for key in keys))
        one = Pass(project, Situation(project.graph, **known), asked, set(), lambda result: None)
        has_same_code = project.logic == one.situation.logic
        while True:
            task: Task = pipe.recv()
            pipe.send(_carried_out(one, task) if has_same_code else _OTHER_CODE)


def _carried_out(one: Pass, task: Task) -> Outcome:
    situation, result = one.situation, UnitResult()
    for stored in task.stored:
        situation.stored[stored.cell] = stored
        situation.damaged -= {stored.cell}
    one.failed |= task.failed
    one.report = result.take
    end: dict[str, Any] = {}
    try:
        one.unit(task.cells)
    except Moved as moved:
        end = {"end": "moved", "message": str(moved)}
    except RegistryUnavailable as error:
        end = {"end": "registry", "message": str(error), "may_pass": error.may_pass}
    except BuildError as error:
        end = {"end": "error", "message": str(error)}
    except Exception as error:  # noqa: BLE001 (its text may quote data)
        end = {"end": "error", "message": f"a worker of the build failed with {type(error).__name__}; `--workers 1` shows where"}
    stored = [situation.stored[cell] for cell in dict.fromkeys([*task.cells, *result.recomputed]) if cell in situation.stored]
    return Outcome(result, stored, **end)
