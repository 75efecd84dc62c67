"""Builds one root in this process, by local processes and on Ray, and compares cost and bytes: `python -m benchmarks.scale`."""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

import psutil

WORK = Path(__file__).parents[1] / "work" / "scale"
PLACES = (("this process", "local", 1), ("local, 2 workers", "local", 2), ("Ray, 1 worker", "ray", 1), ("Ray, 2 workers", "ray", 2))


def main() -> None:
    """Prints one row a place: medians over the rounds, which take the places in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("listens", 1_000_000), ("listeners", 400), ("buckets", 4), ("rounds", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    imported = landed(asked.listens, asked.listeners, asked.buckets)
    found: dict[str, list[tuple[float, float]]] = {what: [] for what, _, _ in PLACES}
    bytes_of: set[str] = set()
    for _ in range(asked.rounds):
        for what, on, workers in PLACES:
            root = WORK / "root"
            shutil.rmtree(root, ignore_errors=True)
            shutil.copytree(imported, root)
            found[what].append(cost("build", "--data", root, "--on", on, "--workers", workers))
            bytes_of.add(tree_hash(root / "lake"))
    assert len(bytes_of) == 1, "the places made different bytes"
    nothing = {on: cost("build", "--data", WORK / "root", "--on", on) for on in ("local", "ray")}
    print("| Place | CPU s | of this process | wall s |\n|---|---:|---:|---:|")
    first = statistics.median(cpu for cpu, _ in found[PLACES[0][0]])
    for what, costs in found.items():
        cpu, wall = (statistics.median(each) for each in zip(*costs, strict=True))
        print(f"| {what} | {cpu:.1f} | {cpu / first:.2f} | {wall:.1f} |")
    for on, (cpu, wall) in nothing.items():
        print(f"| nothing to do, {on} | {cpu:.1f} | | {wall:.1f} |")


def landed(listens: int, listeners: int, buckets: int) -> Path:
    """A root with an imported population of two years."""
    source, root = WORK / f"source-{listens}-{listeners}", WORK / f"landed-{listens}-{listeners}-{buckets}"
    if not source.exists():
        subprocess.run([sys.executable, "-m", "benchmarks.steps", "synth", str(listeners), str(listens), str(source)], check=True)
    if not root.exists():
        subprocess.run([sys.executable, "-m", "benchmarks.steps", "land", str(source), str(root), str(buckets)], check=True)
    return root


def cost(*arguments: object) -> tuple[float, float]:
    """The processor and wall seconds of a `wrapped` command with one thread of Polars a process, and of all that it starts.

    Ray ends its processes without waiting for them, so each process is asked ten times a second how much it has used.
    """
    code = "from wrapped_assets.cli import main; main()"
    used: dict[tuple[int, float], float] = {}
    started, environment = time.perf_counter(), os.environ | {"POLARS_MAX_THREADS": "1"}
    with subprocess.Popen([sys.executable, "-c", code, *map(str, arguments)], stdout=subprocess.DEVNULL, env=environment) as command:
        while command.poll() is None:
            for each in psutil.Process().children(recursive=True):
                with suppress(psutil.Error):
                    times = each.cpu_times()
                    used[each.pid, each.create_time()] = times.user + times.system
            time.sleep(0.1)
    if command.returncode:
        raise subprocess.CalledProcessError(command.returncode, command.args)
    return sum(used.values()), time.perf_counter() - started


def tree_hash(folder: Path) -> str:
    """A hash of every path and its bytes."""
    found = blake2b()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        found.update(str(path.relative_to(folder)).encode() + blake2b(path.read_bytes()).digest())
    return found.hexdigest()


if __name__ == "__main__":
    main()
