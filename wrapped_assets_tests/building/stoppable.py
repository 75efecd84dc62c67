"""A build in a process of its own that stops where a test asks it to, so that the world can move at exactly that point."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Thread
from types import TracebackType
from typing import Any

import pytest

from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.graph import Graph, graph_of, project_graph
from wrapped_assets.storage import purging
from wrapped_assets.storage.root import Root

# Small, and with every outside input: landed plays and tracks, time zones, exclusions, profiles, groups and a catalogue.
WANTED = ("catalogue/places", "insights/group_overlaps", "population/artist_countries", "insights/minutes_rank")


def few_assets() -> Graph:
    """The graph of `WANTED` and of what they are computed from."""
    graph = project_graph()
    keys = {*WANTED, *(source for key in WANTED for source in graph.upstream(key))}
    return graph_of(found for key, found in graph.by_key.items() if key in keys)


def few(root: Root) -> Project:
    return Project(root, few_assets())


WORKER = """
import json, sys
from pathlib import Path
from wrapped_assets.building import inputs, pin, recording, situate
from wrapped_assets.building.build import build
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.building.stoppable import few

stops = []

def reached(point, about):
    if stops and stops[0] in (point, *(f"{point} {each}" for each in about)):
        stops.pop(0)
        print("stopped", flush=True)
        sys.stdin.readline()

def after(owner, name, point, about=lambda *arguments: ()):
    real = getattr(owner, name)
    def call(*arguments, **named):
        found = real(*arguments, **named)
        reached(point, about(*arguments))
        return found
    setattr(owner, name, call)

after(situate.Project, "situation", "situation")          # decided, nothing read yet
after(pin.Pin, "__init__", "pinned")                      # the registry read, no file yet
after(inputs.Inputs, "of", "read", lambda _, cell: [cell])
after(recording, "_written", "written", lambda root, done, transaction: [each.work.cell for each in done])

for line in sys.stdin:
    asked = json.loads(line)
    stops[:] = asked["stops"]
    root = Root.open(Path(asked["root"]))
    try:
        report = build(few(root))
        print(json.dumps({"failed": [f"{cell}: {error}" for cell, error in report.failed], "left": stops,
            "recomputed": [str(cell) for cell in report.recomputed], "fresh": report.unchanged}), flush=True)
    except BaseException as error:
        print(json.dumps({"failed": [repr(error)], "left": stops}), flush=True)
    root.engine.dispose()
"""


class Worker:
    """Carries builds out, one at a time."""

    def __init__(self) -> None:
        command = [sys.executable, "-c", WORKER]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.kill()
        self._process.communicate()

    def _say(self, text: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(text + "\n")
        self._process.stdin.flush()

    def _hear(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def build(self, root: Root, moves: Sequence[tuple[str, Callable[[], object]]]) -> dict[str, Any]:
        """Builds; wherever it comes to a point of `moves`, it waits until what belongs to the point has been done.

        An erasure waits for the build in its turn, so the build goes on as soon as that is so.
        """
        self._say(json.dumps({"root": str(root.path), "stops": [point for point, _ in moves]}))
        threads = []
        for point, move in moves:
            heard = self._hear()
            assert heard == "stopped", f"the build never came to {point}: {heard}"
            thread = Doing(move)
            threads.append(thread)
            thread.until_it_is_done_or_waits()
            self._say("go on")
        report: dict[str, Any] = json.loads(self._hear())
        for thread in threads:
            thread.finish()
        return report


class Doing(Thread):
    """Does one thing beside the test."""

    def __init__(self, move: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self._move, self._error = move, None
        self.start()

    def run(self) -> None:
        try:
            self._move()
        except BaseException as error:
            self._error = error

    def until_it_is_done_or_waits(self) -> None:
        while self.is_alive() and not WAITING:
            self.join(0.01)

    def finish(self) -> None:
        self.join(120)
        assert not self.is_alive()
        if self._error:
            raise self._error


WAITING: list[bool] = []


@pytest.fixture(autouse=True)
def noted_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Notes in `WAITING` that an erasure waits for builds that are in flight."""
    real = purging.settled

    @contextmanager
    def settled(root: Root, *, wait: bool = True) -> Iterator[bool]:
        WAITING.append(True)
        with real(root, wait=wait) as is_settled:
            WAITING.clear()
            yield is_settled

    monkeypatch.setattr(purging, "settled", settled)


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker() as started:
        yield started

