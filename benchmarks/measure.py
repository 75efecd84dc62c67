"""What a step costs: run in a process of its own, with its children's processor time and its peak memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Cost:
    """Processor seconds of user and system, wall seconds, and peak resident bytes.

    The system counts the memory of the process that starts another one into that one's peak, so a peak is never below this process's own.
    """

    cpu: float
    wall: float
    peak: int

    def row(self, what: str, listens: int) -> str:
        """A row of the table; the rate is listens per processor second, which is per second and core."""
        rate, each = listens / self.cpu / 1e6, self.cpu / listens * 1e9
        return f"| {what} | {self.cpu:.1f} | {self.wall:.1f} | {self.peak / 2**20:,.0f} | {rate:.2f} | {each:,.0f} |"


HEADER = "| Step | CPU s | wall s | peak MiB | M listens/s/core | ns/listen |\n|---|---:|---:|---:|---:|---:|"


def measured(module: str, *arguments: object, tree: Path | None = None) -> Cost:
    """The cost of `python -m module arguments`, children included; CalledProcessError where it fails."""
    return cost_of([sys.executable, "-m", module, *map(str, arguments)], tree)


def cost_of(command: list[str], tree: Path | None = None) -> Cost:
    """The cost of a command, children included, with the packages of a source tree where one is given."""
    environment = os.environ | ({"PYTHONPATH": str(tree)} if tree else {})
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=tree, env=environment) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Cost(usage.ru_utime + usage.ru_stime, time.perf_counter() - started, usage.ru_maxrss * 1024)


@contextmanager
def worktree(commit: str) -> Iterator[Path]:
    """A checkout of another commit, gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder).resolve() / "tree"
        subprocess.run(["git", "-C", HERE, "worktree", "add", "--quiet", "--detach", place, commit], check=True)
        try:
            yield place
        finally:
            subprocess.run(["git", "-C", HERE, "worktree", "remove", "--force", place], check=True)
