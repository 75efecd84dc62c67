"""The day of docs/operations.md, carried out: its commands typed, its edits made in a copy of the package, its pages photographed.

Every command and edit is read from the document. What happened when is written into it as a log.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.dagster_ui import RELOAD, Ui, running

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs" / "operations.md"
STEP = re.compile(r"^### (\d\d:\d\d) ", re.MULTILINE)
SHELL, EDITS = (re.compile(rf"```{kind}\n(.*?)```", re.DOTALL) for kind in ("sh", "diff"))
LOG = re.compile(r"(<!-- log: [^\n]*-->\n).*?(<!-- end of log -->)", re.DOTALL)


@dataclass(frozen=True)
class Step:
    """What the document says to do at a time of the day."""

    commands: list[str] = field(default_factory=list)
    edits: list[str] = field(default_factory=list)


def steps(text: str) -> dict[str, Step]:
    """Time → the shell blocks and the edits of its section."""
    parts = STEP.split(text.split("\n## After the day")[0])[1:]
    return {at: Step(SHELL.findall(body), EDITS.findall(body)) for at, body in zip(parts[::2], parts[1::2], strict=True)}


def edit(folder: Path, change: str) -> None:
    """Applies an edit of the document to the package in a folder."""
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent)}
    subprocess.run(["git", "apply", "-"], input=change, text=True, cwd=folder, env=environment, check=True)


@dataclass
class Day:
    """The day as far as it is."""

    ui: Ui
    home: Path  # the working directory
    code: Path
    said: dict[str, Step]
    log: list[tuple[float, str]] = field(default_factory=list)

    def note(self, text: str, at: float | None = None) -> None:
        """One line of the log: what happened, and when where that was before now."""
        self.log.append(((at or time.time()) - self.ui.began, text))
        print(f"{self.log[-1][0]:7.1f} s  {text}", file=sys.stderr)

    def type(self, at: str) -> None:
        """Types the commands of a step."""
        path = f"{self.code}/bin:{os.environ['PATH']}"
        for block in self.said[at].commands:
            environment = {**os.environ, "PATH": path, "PYTHONPATH": str(self.code)}
            subprocess.run(["sh", "-euc", block], cwd=self.home, env=environment, check=True, stdout=subprocess.DEVNULL)

    def change(self, change: str, name: str) -> None:
        """Edits the code and presses Reload definitions."""
        edit(self.code, change)
        self.note(f"{name}: saved")
        self.ui.ask(RELOAD)
        self.note("Reload definitions: done")

    def runs_since(self, before: int) -> None:
        """Notes the runs that came, once they ended."""
        for run in self.ui.ended(before):
            assets = f" of {len(run['assetSelection'])} assets" if run["assetSelection"] else ""
            name = "the backfill" if run["jobName"] == "__ASSET_JOB" else run["jobName"]
            said = f"run of {name}{assets}: {run['status'].lower()} after {run['endTime'] - run['startTime']:.1f} s"
            self.note(said, run["endTime"])


def text_of(log: list[tuple[float, str]]) -> str:
    """The log as the document shows it."""
    tenths = [(round(seconds * 10), text) for seconds, text in sorted(log)]  # rounded first, so that no line says 0:60.0
    lines = [f"{at // 600:3}:{at % 600 / 10:04.1f}  {text}" for at, text in tenths]
    return "```text\n" + "\n".join(lines) + "\n```\n"


@contextmanager
def day_of(home: Path, browser: Any, folder: Path) -> Iterator[Day]:
    """A copy of the package, the demo's data root, and the UI on both."""
    code = home / "code"
    shutil.copytree(ROOT / "wrapped_assets", code / "wrapped_assets", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "data", code / "data", ignore=shutil.ignore_patterns("home", "synth"))
    (code / "bin").mkdir()
    (code / "bin" / "wrapped").write_text(f"#!{sys.executable}\nimport sys\nfrom wrapped_assets.cli import main\nsys.exit(main())\n")
    (code / "bin" / "wrapped").chmod(0o755)
    shutil.copy(ROOT / "data/household/mira/my_spotify_data_extended.zip", home / "my_spotify_data.zip")
    environment = {**os.environ, "PYTHONPATH": str(code), "WRAPPED_DATA": str(home / "data/home")}
    subprocess.run([code / "bin" / "wrapped", "demo"], cwd=home, env=environment, check=True, stdout=subprocess.DEVNULL)
    with running(home / "data/home", browser, folder, code) as ui:
        yield Day(ui, home, code, steps(DOCUMENT.read_text(encoding="utf-8")))


def write_log(log: list[tuple[float, str]]) -> None:
    """Replaces the log in the document."""
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(LOG.sub(lambda found: found[1] + text_of(log) + found[2], text), encoding="utf-8")
