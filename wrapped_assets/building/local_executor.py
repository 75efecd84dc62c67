"""Carries out units in processes of this machine.

Processes are started anew, because a fork would copy the locks of Polars' threads.
"""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import sys
from collections.abc import Collection
from multiprocessing.connection import Connection, wait

from wrapped_assets.building.executor import Executor, Greeting, Outcome, Task, Worker, WorkerLost

# Neither of two that talk needs this long for a message, unless it was stopped in the middle of one. Starting a process is included.
MESSAGE_SECONDS = 120


class Local(Executor):
    """Processes of this machine."""

    def capacity(self) -> int:
        return processors()

    def start(self, greeting: Greeting, count: int) -> Process:
        return Process(greeting, count)

    def ready(self, workers: Collection[Worker], seconds: float) -> list[Worker]:
        pipes = {worker.pipe: worker for worker in workers if isinstance(worker, Process)}
        return [pipes[pipe] for pipe in wait(list(pipes), max(0.0, seconds)) if isinstance(pipe, Connection)]

    def close(self) -> None:
        """Nothing is held."""


class Process(Worker):
    """A process with its share of the processors as Polars' threads, unless the user has said how many.

    It ends when its pipe is closed, so also when the parent crashes.
    """

    def __init__(self, greeting: Greeting, count: int) -> None:
        ours, theirs = socket.socketpair()
        for option in (socket.SO_SNDTIMEO, socket.SO_RCVTIMEO):
            ours.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", MESSAGE_SECONDS, 0))
        with theirs:
            command = python(f"from wrapped_assets.building.worker import work; work({theirs.fileno()})")
            self.process = subprocess.Popen(command, env=environment(count), pass_fds=[theirs.fileno()])  # noqa: S603
        self.pipe = Connection(ours.detach())
        self._greeting: Greeting | None = greeting

    def give(self, task: Task) -> None:
        try:
            if self._greeting is not None:
                self.pipe.send(self._greeting)
                self._greeting = None
            self.pipe.send(task)
        except OSError:  # a broken pipe must not pass for that of the command's own output
            raise self._lost() from None

    def answer(self) -> Outcome:
        try:
            outcome: Outcome = self.pipe.recv()
            return outcome
        except (EOFError, OSError):
            raise self._lost() from None

    def end(self) -> None:
        self.process.kill()
        self.pipe.close()
        self.process.wait()

    def _lost(self) -> WorkerLost:
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            return WorkerLost("a worker did not answer")
        return WorkerLost(f"a worker ended (exit code {self.process.returncode})")


def python(code: str) -> list[str]:
    """The command of a process that carries out the code.

    It imports from where this process does: `-P` and the same `sys.path`, so that no file of the working directory is taken for a module.
    It ignores SIGINT before it imports anything, because the parent decides what becomes of a build that is interrupted.
    """
    before = (
        f"import signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); sys.path[:] = {sys.path!r}; "
        "from wrapped_assets.storage.memory import use_again; use_again(); "
    )
    return [sys.executable, "-P", *(["-O"] if sys.flags.optimize else []), "-c", before + code]


def environment(count: int) -> dict[str, str]:
    """The variables of one of so many processes: its share of the processors as Polars' threads, unless the user has said how many."""
    return {"POLARS_MAX_THREADS": str(max(1, processors() // count)), **os.environ}


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
