"""Every command that writes, ended at a random moment and repeated, comes to the same bytes as one that nobody ended."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa

from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.planning.plan import make_plan
from wrapped_assets.storage import publications, tables
from wrapped_assets.storage.environments import environments
from wrapped_assets.storage.registry import find_listener
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.commands.running import run
from wrapped_assets_tests.exports import spotify_file
from wrapped_assets_tests.small_roots import KEY, lake_files, versions

PLAYS = {"ana": "2025-01-03 eple*4 moon/bo", "bo": "2025-01-03 walk*2", "cy": "2025-01-31 night@22:00*5"}
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
Done = Callable[[Root], object]


def numbers(root: Root) -> object:
    """Which publications there are, and which of them is live."""
    with root.engine.connect() as connection:
        table = tables.publications
        return connection.execute(sa.select(table.c.year, table.c.number, table.c.is_live).order_by(table.c.number)).all()


def is_known(root: Root, name: str) -> bool:
    try:
        return bool(find_listener(root, name))
    except InputError:
        return False


@dataclass(frozen=True)
class Step:
    """A command. Where twice is not once, `state` tells whether an ended one had been carried out: it differs from the state before."""

    arguments: tuple[str, ...]
    state: Done | None = None
    again: tuple[str, ...] = field(default=())  # what finishes it, where that is another command


def steps(folder: Path) -> list[Step]:
    exports = {name: str(spotify_file(folder / name, text)) for name, text in PLAYS.items()}
    (folder / "places.csv").write_text("place_name,country,inhabitants\nOslo,NO,700000\nPorto,PT,230000\n")

    def taking(name: str) -> Step:
        return Step(("import", exports[name], "--listener", name, "--time-zone", "Europe/Lisbon", "--place", "Porto"))

    return [
        taking("ana"), taking("bo"), Step(("catalogue", "import", str(folder / "places.csv"))),
        Step(("build",)), Step(("publish", "2025"), numbers),
        taking("cy"), Step(("build",)), Step(("publish", "2025"), numbers), Step(("rollback", "2025"), numbers),
        Step(("edition", "set", "2025", "--until", "2025-01-20", "--env", "trial")), Step(("build", "--env", "trial")),
        Step(("env", "promote", "trial"), environments), Step(("repair",)),
        Step(("erase", "cy", "--yes"), lambda root: is_known(root, "cy"), ("erase", "--resume", "--yes")), Step(("build",)),
    ]  # fmt: skip


def started(root: Root, arguments: tuple[str, ...]) -> subprocess.Popen[str]:
    code = "import sys; from wrapped_assets.cli import main; main()"
    command = [sys.executable, "-c", code, "--data", str(root.path), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def carried_out(root: Root, step: Step, chance: random.Random, seconds: float) -> None:
    """Starts a command, ends it at a random moment, and finishes what it began."""
    before = step.state(root) if step.state else None
    process = started(root, step.arguments)
    time.sleep(chance.uniform(0.2, 1) * seconds)
    process.send_signal(chance.choice(SIGNALS))
    _, said = process.communicate(timeout=120)
    assert "unexpectedly" not in said, said
    if process.returncode == 0:
        return
    for reading in ("status", "plan"):
        run(root.path, reading)
    if step.again:
        run(root.path, *step.again)
    if step.state is None or step.state(root) == before:
        run(root.path, *step.arguments)


def everything(root: Root) -> dict[str, object]:
    files = {below: lake_files(root, below) for below in ("lake", "landing/plays", "landing/tracks", "catalogue")}
    live = publications.live_edition(root, 2025)
    return {"versions": versions(root), "live": live and (live.number, live.paths), "publications": numbers(root), **files}


def few_steps(folder: Path) -> list[Step]:
    return steps(folder)[:1]


@pytest.mark.parametrize(
    ("seed", "listed"), [(0, few_steps), *(pytest.param(seed, steps, marks=pytest.mark.slow) for seed in range(4))]
)  # fmt: skip
def test_commands_that_were_ended_anywhere_come_to_the_same_end(
    tmp_path: Path, seed: int, listed: Callable[[Path], list[Step]]
) -> None:
    root, clean = (Root.open_or_make(tmp_path / name, 2, KEY) for name in ("root", "clean"))
    chance = random.Random(seed)
    for step in listed(tmp_path):
        begun = time.monotonic()
        process = started(clean, step.arguments)
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said
        carried_out(root, step, chance, time.monotonic() - begun)
    assert make_plan(Project(root).situation()).steps == make_plan(Project(clean).situation()).steps
    assert everything(root) == everything(clean)
