"""Builds one root by local processes and on Ray, with 1, 2 and 4 workers, and compares cost and bytes: `python -m benchmarks.scale`.

Ray is a cluster that the command starts for the build, and one that was there before and stays.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
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
PLACES = ("local", "ray", "auto")
Used = dict[tuple[int, float], tuple[bool, float]]  # process → whether it is one of Ray's own, and the seconds that it has used


def main() -> None:
    """Prints a row for each number of workers: the least of the rounds, in each of which every place has its turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("listens", 1_000_000), ("listeners", 400), ("buckets", 8), ("rounds", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    asked = parser.parse_args()
    places = [(place, count) for count in asked.workers for place in PLACES]
    imported, root = landed(asked.listens, asked.listeners, asked.buckets), WORK / "root"
    found: dict[tuple[str, int], list[Cost]] = {place: [] for place in places}
    nothing: dict[str, list[Cost]] = {place: [] for place in PLACES}
    bytes_of: set[str] = set()
    for number in range(asked.rounds):
        for on, workers in places if number % 2 == 0 else places[::-1]:
            shutil.rmtree(root, ignore_errors=True)
            shutil.copytree(imported, root)
            found[on, workers].append(cost(on, workers, root))
            print(on, workers, found[on, workers][-1], f"load {os.getloadavg()[0]:.0f}", file=sys.stderr, flush=True)
            bytes_of.add(tree_hash(root / "lake"))
        for on, costs in nothing.items():
            costs.append(cost(on, 1, root))
    assert len(bytes_of) == 1, "the places made different bytes"
    print("Nothing to do, CPU s: " + ", ".join(f"{on} {least(costs).cpu:.1f}" for on, costs in nothing.items()) + "\n")
    print(
        "| Workers | local: CPU s | wall s | started: work, CPU s | Ray's own | all of local | stays: work | Ray's own | all of local |"
    )
    print("|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for workers in asked.workers:
        local, *others = (least(found[on, workers]) for on in PLACES)
        told = " | ".join(f"{each.cpu - each.own:.1f} | {each.own:.1f} | {each.cpu / local.cpu:.2f}" for each in others)
        print(f"| {workers} | {local.cpu:.1f} | {local.wall:.0f} | {told} |")


def least(costs: list[Cost]) -> Cost:
    """The cost of the cheapest run."""
    return min(costs, key=lambda cost: cost.cpu)


def landed(listens: int, listeners: int, buckets: int) -> Path:
    """A root with an imported population of two years."""
    source, root = WORK / f"source-{listens}-{listeners}", WORK / f"landed-{listens}-{listeners}-{buckets}"
    if not source.exists():
        subprocess.run([sys.executable, "-m", "benchmarks.steps", "synth", str(listeners), str(listens), str(source)], check=True)
    if not root.exists():
        subprocess.run([sys.executable, "-m", "benchmarks.steps", "land", str(source), str(root), str(buckets)], check=True)
    return root


def cost(on: str, workers: int, root: Path) -> Cost:
    """The cost of a build with one thread of Polars a process, and of all that it starts, or has a cluster do that was there before.

    Ray ends its processes without waiting for them, so each process is asked ten times a second how much it has used.
    """
    code = "from wrapped_assets.cli import main; main()"
    arguments = ["build", "--data", str(root), "--on", on, "--workers", str(workers)]
    environment = os.environ | {"POLARS_MAX_THREADS": "1", "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
    if on == "auto":
        environment["RAY_ADDRESS"] = "127.0.0.1:6399"
    with head(workers, environment) if on == "auto" else nullcontext():
        before, used, started = read(), Used(), time.perf_counter()
        with subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.DEVNULL, env=environment) as command:
            while command.poll() is None:
                used |= read()
                time.sleep(0.1)
        wall = time.perf_counter() - started
    if command.returncode:
        raise subprocess.CalledProcessError(command.returncode, command.args)
    spent = [(is_own, seconds - before.get(process, (False, 0.0))[1]) for process, (is_own, seconds) in used.items()]
    return Cost(sum(seconds for _, seconds in spent), sum(seconds for is_own, seconds in spent if is_own), wall)


def read() -> Used:
    """What every process that this one has started, itself or through others, has used until now."""
    used = Used()
    for each in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            times = each.cpu_times()
            used[each.pid, each.create_time()] = is_of_ray(each), times.user + times.system
    return used


@contextmanager
def head(places: int, environment: dict[str, str]) -> Iterator[None]:
    """A cluster of this machine with so many places, as docs/scale.md has it."""
    command = ["ray", "start", "--head", "--block", "--disable-usage-stats", "--runtime-env-agent-port", "6201"]
    command += ["--port", "6399", "--num-cpus", str(places), "--include-dashboard", "false"]
    about = environment | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    about.pop("RAY_ADDRESS")
    started = subprocess.Popen(command, env=about, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert started.stdout is not None
        assert any("block forever" in line for line in started.stdout), "the cluster did not start"
        time.sleep(10)  # its processes have imported what they import
        yield
    finally:
        for each in [*psutil.Process(started.pid).children(recursive=True), started]:
            with suppress(psutil.Error):
                each.kill()
        started.wait()


def is_of_ray(process: psutil.Process) -> bool:
    """Whether a process is one of Ray's own, which run beside the build's process and its workers."""
    line = " ".join(process.cmdline())
    return "/site-packages/ray/" in line or "/bin/ray " in line or ("ray::" in line and "ray::Station" not in line)


def tree_hash(folder: Path) -> str:
    """A hash of every path and its bytes."""
    found = blake2b()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        found.update(str(path.relative_to(folder)).encode() + blake2b(path.read_bytes()).digest())
    return found.hexdigest()


if __name__ == "__main__":
    main()
