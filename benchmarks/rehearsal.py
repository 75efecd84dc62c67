"""A launch from the first step to a rollback: `python -m benchmarks.rehearsal --listeners 20000 --listens 1000000`.

A synthetic service is launched into a folder with the commands that an operator types. On the eve a story is changed, minutes before the
launch a listener is erased, readers wait at `wrapped serve` for the instant, and a bad edition is taken back and published again. Prints
the table of docs/launch.md; `--pictures FOLDER` photographs what a phone shows, where Chromium is installed. How long an erasure takes
depends on the machine, so the instant is set once it has ended.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.launch import STEPS, WRAPPED, YEAR
from benchmarks.measure import cost_of, measured
from benchmarks.waiting_readers import Flip, watch

WORK = Path(__file__).parent / "work" / "rehearsal"
STAGES = ("make", "plan", "eve", "erasure", "launch", "rollback")
BEFORE, AFTER = 10.0, 20.0  # seconds around the launch in which readers ask


@dataclass
class Rehearsal:
    """A root, the folder that it is launched into, and the table so far."""

    root: Path
    port: int
    pictures: Path | None
    rows: list[str] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.root.parent / "www"

    def type(self, *arguments: str) -> tuple[float, float]:
        """Types a command; returns its seconds of wall and processor time."""
        cost = cost_of([*WRAPPED, "--data", str(self.root), *arguments])
        return cost.wall, cost.cpu

    def step(self, what: str, *commands: tuple[str, ...]) -> None:
        """Types commands, and adds a row of what they took together."""
        began = datetime.now(UTC)
        costs = [self.type(*command) for command in commands]
        wall, cpu = (sum(each) for each in zip(*costs, strict=True))
        self.row(f"{what}; {self.since(began)}", f"{wall:,.0f} s", f"{cpu:,.0f} s")

    def row(self, what: str, wall: str = "", cpu: str = "") -> None:
        """Adds a row."""
        self.rows.append(f"| {what} | {wall} | {cpu} |")
        print(f"{datetime.now(UTC):%H:%M:%S} {self.rows[-1]}", file=sys.stderr, flush=True)

    def said(self, *arguments: str) -> Any:
        """What a command prints as JSON."""
        return json.loads(subprocess.check_output([*WRAPPED, "--data", str(self.root), *arguments, "--json"]))

    def since(self, began: datetime) -> str:
        """What the plan found since then."""
        steps = [each for each in self.said("launch", "show", str(YEAR))["steps"] if each["evidence"] and each["found_at"]]
        new = [each for each in steps if datetime.fromisoformat(each["found_at"]) >= began.replace(microsecond=0)]
        told = (f"{each['step']} ({', '.join(f'{name} {value}' for name, value in each['evidence'].items())})" for each in new)
        return ", ".join(told) or "no step of the plan"

    def picture(self, name: str, path: str = "/", part: str = "body") -> None:
        """What a phone shows of the server now."""
        if self.pictures:
            place = [f"http://127.0.0.1:{self.port}{path}", str(self.pictures / f"{name}.png"), part]
            subprocess.run([sys.executable, "-m", "benchmarks.phone", *place], check=True)

    @contextmanager
    def served(self) -> Iterator[None]:
        """`wrapped serve` on the root."""
        command = [*WRAPPED, "--data", str(self.root), "serve", "--port", str(self.port)]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            yield
        finally:
            server.terminate()
            server.wait(20)


def main() -> None:
    """Rehearses, and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listeners", type=int, default=20_000)
    parser.add_argument("--listens", type=int, default=1_000_000)
    parser.add_argument("--buckets", type=int, default=8)
    parser.add_argument("--minutes", type=float, default=3, help="From the end of the erasure to the launch.")
    parser.add_argument("--readers", type=int, default=16)
    parser.add_argument("--port", type=int, default=18_766)
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--begin-with", choices=STAGES, default=STAGES[0], help="Go on with the root of an interrupted rehearsal.")
    given = parser.parse_args()
    rehearsal = Rehearsal(given.work / "root", given.port, given.pictures)
    stages = {
        "make": lambda: _make(rehearsal.root, given.listeners, given.listens, given.buckets),
        "plan": lambda: _until_the_approval(rehearsal),
        "eve": lambda: _the_eve(rehearsal),
        "erasure": lambda: _an_erasure(rehearsal),
        "launch": lambda: asyncio.run(_the_launch(rehearsal, given.minutes, given.readers)),
        "rollback": lambda: _a_bad_edition(rehearsal),
    }
    for stage in STAGES[STAGES.index(given.begin_with) :]:
        stages[stage]()
    print("| What | Wall | Processor |\n|---|---:|---:|", *rehearsal.rows, sep="\n")


def _make(root: Path, listeners: int, listens: int, buckets: int) -> None:
    shutil.rmtree(root.parent, ignore_errors=True)
    source = root.parent / "population"
    for step in (("synth", listeners, listens, source), ("land", source, root, buckets), ("inform", source, root), ("build", root, "")):
        measured(STEPS, *step)


def _set_launch(rehearsal: Rehearsal, at: datetime) -> None:
    rehearsal.type("edition", "set", str(YEAR), "--launch-at", at.isoformat())


def _until_the_approval(rehearsal: Rehearsal) -> None:
    rehearsal.type("privacy", "controller", "--name", "Example Radio", "--contact", "privacy@example.org")
    now = datetime.now(UTC)
    _set_launch(rehearsal, now + timedelta(days=1))
    plan = ("launch", "plan", str(YEAR), "--to", str(rehearsal.folder), "--freeze-at", now.isoformat())
    rehearsal.type(*plan)
    rehearsal.step("the plan until the approval", ("launch", "run", str(YEAR)))
    rehearsal.step("the charts, through the privacy gate", ("export", "charts", "--year", str(YEAR)))
    rehearsal.type("launch", "approve", str(YEAR), "--by", "Ada Lovelace")


def _changed(rehearsal: Rehearsal, name: str) -> list[tuple[str, ...]]:
    year = str(YEAR)
    return [("exclude", "--listener", name, "--hours", "0-12"), ("build",), ("publish", year), ("launch", "run", year)]


def _the_eve(rehearsal: Rehearsal) -> None:
    rehearsal.step("a change on the eve: a listener leaves the mornings out", *_changed(rehearsal, _names(rehearsal)[0]))
    rehearsal.type("launch", "approve", str(YEAR), "--by", "Ada Lovelace")


def _an_erasure(rehearsal: Rehearsal) -> None:
    erased, token = next(iter(sorted(_tokens(rehearsal).items())[1:]))
    wall, cpu = rehearsal.type("erase", erased, "--yes")
    left = [path for place in (rehearsal.root / "site", rehearsal.folder) for path in place.rglob(f"{token}*")]
    rehearsal.row(f"a listener is erased; {len(left)} files of theirs are left", f"{wall:,.0f} s", f"{cpu:,.0f} s")


async def _the_launch(rehearsal: Rehearsal, minutes: float, readers: int) -> None:
    launch_at = datetime.now(UTC) + timedelta(minutes=minutes)
    _set_launch(rehearsal, launch_at)
    began = datetime.now(UTC)
    waits = subprocess.Popen([*WRAPPED, "--data", str(rehearsal.root), "launch", "run", str(YEAR), "--wait"], stdout=subprocess.DEVNULL)
    with rehearsal.served():
        tokens = sorted(_tokens(rehearsal).values())
        await asyncio.sleep(max(0.0, (launch_at - datetime.now(UTC)).total_seconds() - BEFORE - 10))
        rehearsal.picture("launch-countdown")
        await asyncio.sleep(max(0.0, (launch_at - datetime.now(UTC)).total_seconds() - BEFORE))
        seen = await watch(Flip(YEAR, launch_at.timestamp(), rehearsal.port, rehearsal.folder, tokens), readers, BEFORE + AFTER)
        rehearsal.row(seen.before())
        rehearsal.row(seen.instant())
        rehearsal.row(seen.after(AFTER))
        await asyncio.to_thread(waits.wait)
        rehearsal.row(f"the plan waited, flipped, and sent the microsite; {rehearsal.since(began)}",
                      f"{time.time() - launch_at.timestamp():,.1f} s after the launch")  # fmt: skip
        rehearsal.picture("launch-site", part="main")
        rehearsal.picture("launch-story", f"/{YEAR}/{tokens[0]}")


def _a_bad_edition(rehearsal: Rehearsal) -> None:
    year, run = str(YEAR), ("launch", "run", str(YEAR))
    rehearsal.step("a bad edition, until the approval", *_changed(rehearsal, _names(rehearsal)[2]))
    rehearsal.step("approved and flipped", ("launch", "approve", year, "--by", "Ada Lovelace"), run)
    rehearsal.step("taken back with a reason", ("rollback", year, "--reason", "two artists were one"), run)
    rehearsal.step("and forward again", ("rollback", year, "--to", "3"), run)


def _tokens(rehearsal: Rehearsal) -> dict[str, str]:
    """Name → token of the page."""
    from wrapped_assets.storage.addresses import addresses
    from wrapped_assets.storage.registry import all_listeners
    from wrapped_assets.storage.root import Root

    root = Root.open(rehearsal.root)
    names = {each.listener_id: each.name for each in all_listeners(root)}
    rendered = {each.parent.name + "/" + each.name[:24] for each in (rehearsal.root / "site" / str(YEAR)).glob("*/pages/*/*.br")}
    found = {names[listener_id]: address.token for listener_id, address in addresses(root, YEAR, names).items()}
    return {name: token for name, token in found.items() if f"{token[:2]}/{token}" in rendered}


def _names(rehearsal: Rehearsal) -> list[str]:
    return sorted(_tokens(rehearsal))


if __name__ == "__main__":
    main()
