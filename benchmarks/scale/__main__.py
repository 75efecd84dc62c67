"""Builds one root by local processes and on Ray, with 1, 2 and 4 workers, and compares cost and bytes: `python -m benchmarks.scale`."""

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
from typing import NamedTuple

import psutil


class Cost(NamedTuple):
    """Processor seconds, those of them that Ray's own processes used, and wall seconds."""

    cpu: float
    own: float
    wall: float


WORK = Path(__file__).parents[1] / "work" / "scale"


def main() -> None:
    """Prints a row for each number of workers: medians over the rounds, in each of which every place has its turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("listens", 1_000_000), ("listeners", 400), ("buckets", 8), ("rounds", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    asked = parser.parse_args()
    places = [(place, count) for count in asked.workers for place in ("local", "ray")]
    imported, root = landed(asked.listens, asked.listeners, asked.buckets), WORK / "root"
    found: dict[tuple[str, int], list[Cost]] = {place: [] for place in places}
    nothing: dict[str, list[Cost]] = {"local": [], "ray": []}
    bytes_of: set[str] = set()
    for number in range(asked.rounds):
        for on, workers in places if number % 2 == 0 else places[::-1]:
            shutil.rmtree(root, ignore_errors=True)
            shutil.copytree(imported, root)
            found[on, workers].append(cost("build", "--data", root, "--on", on, "--workers", workers))
            print(on, workers, found[on, workers][-1], file=sys.stderr, flush=True)
            bytes_of.add(tree_hash(root / "lake"))
        for on, costs in nothing.items():
            costs.append(cost("build", "--data", root, "--on", on, "--workers", 1))
    assert len(bytes_of) == 1, "the places made different bytes"
    local, ray = middle(nothing["local"]), middle(nothing["ray"])
    print(f"Nothing to do: local {local.cpu:.1f} s of processor time, Ray {ray.cpu:.1f} s, of which its own processes {ray.own:.1f} s.\n")
    print("| Workers | local: CPU s | wall s | Ray: command and workers, CPU s | of local | its own processes, CPU s | wall s |")
    print("|---:|---:|---:|---:|---:|---:|---:|")
    for workers in asked.workers:
        local, ray = middle(found["local", workers]), middle(found["ray", workers])
        work = ray.cpu - ray.own
        print(f"| {workers} | {local.cpu:.1f} | {local.wall:.0f} | {work:.1f} | {work / local.cpu:.2f} | {ray.own:.1f} | {ray.wall:.0f} |")


def middle(costs: list[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(*(statistics.median(each) for each in zip(*costs, strict=True)))


def landed(listens: int, listeners: int, buckets: int) -> Path:
    """A root with an imported population of two years."""
    source, root = WORK / f"source-{listens}-{listeners}", WORK / f"landed-{listens}-{listeners}-{buckets}"
    if not source.exists():
        subprocess.run([sys.executable, "-m", "benchmarks.steps", "synth", str(listeners), str(listens), str(source)], check=True)
    if not root.exists():
        subprocess.run([sys.executable, "-m", "benchmarks.steps", "land", str(source), str(root), str(buckets)], check=True)
    return root


def cost(*arguments: object) -> Cost:
    """The cost of a `wrapped` command with one thread of Polars a process, and of all that it starts.

    Ray ends its processes without waiting for them, so each process is asked ten times a second how much it has used.
    """
    code = "from wrapped_assets.cli import main; main()"
    used: dict[tuple[int, float], tuple[bool, float]] = {}
    started, environment = time.perf_counter(), os.environ | {"POLARS_MAX_THREADS": "1"}
    with subprocess.Popen([sys.executable, "-c", code, *map(str, arguments)], stdout=subprocess.DEVNULL, env=environment) as command:
        while command.poll() is None:
            for each in psutil.Process().children(recursive=True):
                with suppress(psutil.Error):
                    times = each.cpu_times()
                    used[each.pid, each.create_time()] = is_of_ray(each), times.user + times.system
            time.sleep(0.1)
    if command.returncode:
        raise subprocess.CalledProcessError(command.returncode, command.args)
    every = used.values()
    return Cost(sum(seconds for _, seconds in every), sum(seconds for is_own, seconds in every if is_own), time.perf_counter() - started)


def is_of_ray(process: psutil.Process) -> bool:
    """Whether a process is one of Ray's own, which run beside the build's process and its workers; an idle worker is."""
    line = " ".join(process.cmdline())
    return "/ray/" in line or "ray::IDLE" in line


def tree_hash(folder: Path) -> str:
    """A hash of every path and its bytes."""
    found = blake2b()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        found.update(str(path.relative_to(folder)).encode() + blake2b(path.read_bytes()).digest())
    return found.hexdigest()


if __name__ == "__main__":
    main()
