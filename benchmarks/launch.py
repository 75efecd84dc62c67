"""A launch: `python -m benchmarks.launch --listeners 10000 --listens 2000000 --buckets 8`.

Renders every page of a published year, again without a change, and again after one insight's window moved; then serves them on one core,
with readers on the other, through flips to another publication and back, and through addresses that are closed.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import os
import random
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import Cost, cost_of, measured

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from wrapped_assets.storage.root import Root

    Work = Callable[[float], Awaitable[None]]

WORK, YEAR, STEPS = Path(__file__).parent / "work" / "launch", 2025, "benchmarks.steps"
WRAPPED = [sys.executable, "-c", "from wrapped_assets.cli import main; main()"]


def main() -> None:
    """Prints what rendering costs a page, and what the server answers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listeners", type=int, default=10_000)
    parser.add_argument("--listens", type=int, default=2_000_000)
    parser.add_argument("--buckets", type=int, default=8)
    parser.add_argument("--readers", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--keep", action="store_true", help="Begin with the root of the run before.")
    given = parser.parse_args()
    root = WORK / "root"
    if not given.keep:
        _make(given.listeners, given.listens, given.buckets)
    costs = _rendered(root)
    pages, size, disk = _told_of(root)
    sizes = f"{size / pages / 1e3:,.1f} kB each as sent, {disk / pages / 1e3:,.1f} kB each on disk in both packings"
    print(f"{pages:,} pages of {YEAR}, {sizes}.\n")
    print("| Step | CPU s | ms a page | wall s | peak MiB |\n|---|---:|---:|---:|---:|")
    for what, cost in costs:
        print(f"| {what} | {cost.cpu:.1f} | {cost.cpu / pages * 1e3:.2f} | {cost.wall:.1f} | {cost.peak / 2**20:,.0f} |")
    print(asyncio.run(_under_load(root, given.readers, given.seconds)))


def _make(listeners: int, listens: int, buckets: int) -> None:
    shutil.rmtree(WORK, ignore_errors=True)
    source, root = WORK / "population", WORK / "root"
    measured(STEPS, "synth", listeners, listens, source)
    measured(STEPS, "land", source, root, buckets)
    measured(STEPS, "inform", source, root)
    measured(STEPS, "build", root, "")
    _wrapped(root, "publish", str(YEAR))


def _rendered(root: Path) -> list[tuple[str, Cost]]:
    shutil.rmtree(root / "site", ignore_errors=True)
    found = [("every page, without cards and playlists", _wrapped(root, "render", str(YEAR), "--no-files"))]
    shutil.rmtree(root / "site")
    found.append(("every page, its card and its playlists", _wrapped(root, "render", str(YEAR))))
    found.append(("again, nothing changed", _wrapped(root, "render", str(YEAR))))
    name = _names(root)[0]
    for arguments in (("exclude", "--listener", name, "--hours", "0-12"), ("build",), ("publish", str(YEAR))):
        _wrapped(root, *arguments)
    return [*found, ("another publication, in which one listener changed", _wrapped(root, "render", str(YEAR)))]


def _wrapped(root: Path, *arguments: str) -> Cost:
    return cost_of([*WRAPPED, "--data", str(root), *arguments])


def _names(root: Path) -> list[str]:
    from wrapped_assets.storage.registry import all_listeners
    from wrapped_assets.storage.root import Root

    return sorted(each.name for each in all_listeners(Root.open(root)))


def _told_of(root: Path) -> tuple[int, int, int]:
    from wrapped_assets.serving.rendered.shelf import shelves
    from wrapped_assets.storage.root import Root

    shelf = shelves(Root.open(root), YEAR)[0]
    about = shelf.about or {}
    disk = sum(path.stat().st_size for path in (shelf.folder / "pages").rglob("*") if path.is_file())
    return about["pages"], about["byte_count"], disk


@dataclass
class Seen:
    """What readers saw: seconds of each answer, errors, and answers that were not right when they were asked for."""

    seconds: list[float] = field(default_factory=list)
    errors: int = 0
    untrue: int = 0

    def told(self, what: str, wall: float) -> str:
        """A row of the table."""
        ordered = sorted(self.seconds)
        middle, late = (ordered[int(len(ordered) * share)] * 1e3 for share in (0.5, 0.99))
        return f"| {what} | {len(ordered) / wall:,.0f} | {middle:.1f} | {late:.1f} | {self.errors} | {self.untrue} |"


@dataclass
class Truth:
    """What is right at each moment: which publication is live since when, and which addresses are closed since when."""

    tags: dict[int, dict[str, str]]  # number → token → hash of what the page shows
    live: list[tuple[float, float, int]]  # from when a publication may be seen, from when it must be, its number
    closed: dict[str, float] = field(default_factory=dict)

    def allows(self, token: str, asked: float, answered: float, status: int, head: bytes) -> bool:
        """Whether the answer was right at some moment between the question and its arrival."""
        if token in self.closed and self.closed[token] < asked:
            return status == 404
        if status != 200:
            return token in self.closed and self.closed[token] <= answered
        since = max(index for index, (_, must, _) in enumerate(self.live) if must <= asked)
        numbers = {number for may, _, number in self.live[since:] if may <= answered}
        return any(self.tags[number][token].encode() in head for number in numbers)


async def _under_load(root: Path, readers: int, seconds: float) -> str:
    """Serves on the first processor, reads on the others."""
    from wrapped_assets.serving.launch.load import until_it_answers
    from wrapped_assets.serving.rendered.shelf import shelves
    from wrapped_assets.storage.root import Root

    opened = Root.open(root)
    first, second = shelves(opened, YEAR)[-2:]
    tags = {each.number: {token: told for _, index in each.indexes() for token, told in index.select("token", "told").rows()}
            for each in (first, second)}  # fmt: skip
    tokens = sorted(tags[second.number].keys() & tags[first.number].keys())
    changed = [token for token in tokens if tags[first.number][token] != tags[second.number][token]]
    truth = Truth(tags, [(0.0, 0.0, second.number)])
    port = 18_765
    server = subprocess.Popen([*WRAPPED, "--data", str(root), "serve", "--port", str(port)], stdout=subprocess.DEVNULL)
    try:
        os.sched_setaffinity(server.pid, {0})
        os.sched_setaffinity(0, set(range(1, os.cpu_count() or 2)) or {0})
        await until_it_answers(port)
        rows = ["", "| Readers ask for | a second | median ms | 99 % ms | errors | untrue |", "|---|---:|---:|---:|---:|---:|"]
        for what, chosen, work in (
            ("every page, most for the first time", tokens, None),
            ("pages again", tokens, None),
            ("pages that differ, through a flip each second", changed or tokens[:1], _flipping(opened, truth)),
            ("every page, while an address is closed each second", tokens, _closing(opened, truth)),
        ):
            seen, started = Seen(), time.perf_counter()
            await _read(port, chosen, readers, seconds, seen, truth, work)
            rows.append(seen.told(what, time.perf_counter() - started))
        status = Path(f"/proc/{server.pid}/status").read_text().splitlines()
        memory = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
        return "\n".join([*rows, f"\nThe server's memory at its highest: {memory / 1024:,.0f} MiB."])
    finally:
        server.terminate()
        server.wait(10)


def _flipping(root: Root, truth: Truth) -> Work:
    from wrapped_assets.storage import publications

    async def work(until: float) -> None:
        one, other = truth.tags
        while time.perf_counter() < until:
            number, now = one if truth.live[-1][2] == other else other, time.perf_counter()
            truth.live.append((now, math.inf, number))
            await asyncio.to_thread(publications.rollback, root, YEAR, number)
            truth.live[-1] = (now, time.perf_counter(), number)
            await asyncio.sleep(1)

    return work


def _closing(root: Root, truth: Truth) -> Work:
    from wrapped_assets.storage.addresses import addresses, close_address
    from wrapped_assets.storage.registry import all_listeners

    async def work(until: float) -> None:
        for person in all_listeners(root)[:60]:
            token = addresses(root, YEAR, [person.listener_id])[person.listener_id].token
            await asyncio.to_thread(close_address, root, person, YEAR)
            truth.closed[token] = time.perf_counter()
            await asyncio.sleep(1)
            if time.perf_counter() > until:
                return

    return work


async def _read(port: int, tokens: list[str], readers: int, seconds: float, seen: Seen, truth: Truth, work: Work | None) -> None:
    until, chosen = time.perf_counter() + seconds, random.Random(1)

    async def reader() -> None:
        source, sink = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < until:
            token, asked = chosen.choice(tokens), time.perf_counter()
            sink.write(f"GET /{YEAR}/{token} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: br\r\n\r\n".encode())
            head = await source.readuntil(b"\r\n\r\n")
            length, status = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n", 1)[0]), int(head.split(b" ", 2)[1])
            await source.readexactly(length)
            answered = time.perf_counter()
            seen.seconds.append(answered - asked)
            seen.errors += status not in (200, 404)
            seen.untrue += not truth.allows(token, asked, answered, status, head)
        sink.close()

    await asyncio.gather(*(reader() for _ in range(readers)), *([work(until)] if work else []))


if __name__ == "__main__":
    main()
