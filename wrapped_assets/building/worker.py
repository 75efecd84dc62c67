"""A worker of a build: it computes the units that it is given, and tells what became of them."""

from __future__ import annotations

import platform
import socket
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from wrapped_assets.building.executor import Greeting, Outcome, Task
from wrapped_assets.building.passes import Pass
from wrapped_assets.building.pin import Moved
from wrapped_assets.building.situate import Project
from wrapped_assets.building.unit_result import UnitResult
from wrapped_assets.contracts.errors import RegistryUnavailable, WrappedError, WriteError
from wrapped_assets.contracts.graph import graph_of, whole_graph
from wrapped_assets.kernels.versions import combined
from wrapped_assets.planning.libraries import libraries
from wrapped_assets.planning.situation import Situation
from wrapped_assets.planning.state import code_hash
from wrapped_assets.storage.files import system_error
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.periods import Cell

SITUATION = ("logic", "rules", "landed", "stored", "damaged", "frozen", "catalogues", "spans", "divided")  # what a worker is told of it


class Refused(Exception):  # noqa: N818 (a finding, raised to be handled)
    """This worker is not as whoever started it: it computes nothing."""


def greeting(project: Project, situation: Situation, asked: set[Cell]) -> Greeting:
    """What a worker is told, as of now."""
    root = replace(project.root, path=project.root.path.resolve())
    return Greeting(
        root=str(root.path),
        root_version=combined("root", root.key),
        environment=root.environment,
        registry_url=root.address,
        assets=tuple(project.graph.by_key),
        situation={name: getattr(situation, name) for name in SITUATION},
        asked=asked,
        versions=versions(),
        host=socket.gethostname(),
    )


def versions() -> dict[str, str]:
    """What must be the same for every worker of a build: the code, the libraries that decide numbers, Python and the kind of processor."""
    return {**libraries(), "processor": platform.machine(), "code": code_hash()}


class UnitWorker:
    """What a worker keeps from one unit to the next."""

    def __init__(self, greeting: Greeting) -> None:
        self._greeting = greeting
        self._pass: Pass | None = None

    def carry_out(self, task: Task) -> Outcome:
        """Computes and records a unit. Raises nothing: what went wrong is told without a value."""
        result, end, stored, part = UnitResult(), dict[str, Any](), [], None
        try:
            one = self._pass = self._pass or _opened(self._greeting)
            situation = one.situation
            for told in task.stored:
                situation.stored[told.cell] = told
                situation.damaged -= {told.cell}
            one.failed |= task.failed
            one.report, one.parts = result.take, task.parts
            try:
                if task.share:
                    part = one.share(task.share, task.folder)
                else:
                    one.unit(task.cells)
                done = [*task.cells, *result.recomputed]
            except BaseException:
                done = result.recomputed  # the others may be computed and not recorded
                raise
            finally:
                stored = [situation.stored[cell] for cell in dict.fromkeys(done) if cell in situation.stored]
        except Refused as refused:
            end = {"end": "refused", "message": f"a worker on {socket.gethostname()} was refused: {refused}"}
        except Moved as moved:
            end = {"end": "moved", "message": str(moved)}
        except RegistryUnavailable as error:
            end = {"end": "registry", "message": str(error), "may_pass": error.may_pass}
        except WriteError as error:
            end = {"end": "disk", "message": str(error)}
        except WrappedError as error:
            end = {"end": "error", "message": str(error)}
        except OSError as error:
            end = {"end": "disk", "message": f"could not read or write: {system_error(error)}"}
        except Exception as error:  # noqa: BLE001 (its text may quote data)
            end = {"end": "error", "message": f"a worker of the build failed with {type(error).__name__}; `--workers 1` shows where"}
        return Outcome(result, stored, part=part, **end)


def work(handle: int) -> None:
    """The life of a process of this machine: it is greeted, then computes one unit after the other until its pipe is closed."""
    pipe = Connection(handle)
    with suppress(EOFError, OSError):
        worker = UnitWorker(pipe.recv())
        while True:
            pipe.send(worker.carry_out(pipe.recv()))


def _opened(greeting: Greeting) -> Pass:
    _compare_versions(greeting)
    root = _root(greeting)
    project = Project(root.within(greeting.environment) if greeting.environment else root)
    if tuple(project.graph.by_key) != greeting.assets:
        project = Project(project.root, graph_of(whole_graph().by_key[key] for key in greeting.assets))
    situation = Situation(project.graph, **greeting.situation)  # type: ignore[arg-type]
    if project.logic != situation.logic:
        raise Refused("the project's code changed while the build started: run the build again")
    return Pass(project, situation, set(greeting.asked), set(), lambda result: None)


def _compare_versions(greeting: Greeting) -> None:
    mine = versions()
    for name, wanted in greeting.versions.items():
        if mine.get(name) == wanted:
            continue
        if name != "code":
            raise Refused(f"it has {name} {mine.get(name)}, the build {wanted}: install the same requirements file on every machine")
        if socket.gethostname() == greeting.host:
            raise Refused("the project's code changed while the build started: run the build again")
        raise Refused("its code of wrapped_assets differs from the build's: install the same version on every machine")


def _root(greeting: Greeting) -> Root:
    path, is_elsewhere = Path(greeting.root), socket.gethostname() != greeting.host
    if is_elsewhere and not Root.exists(path):
        raise Refused(f"there is no data root at {path}: mount the build's file system at the same path on every machine")
    root = replace(Root.open(path), registry_url=greeting.registry_url)
    if combined("root", root.key) != greeting.root_version:
        raise Refused(f"the data root at {path} is another one: mount the build's file system at the same path on every machine")
    if is_elsewhere and root.registry_file is not None:
        raise Refused("the registry is a SQLite file, which serves one machine: put it on PostgreSQL and name it with WRAPPED_REGISTRY_URL")
    return root
