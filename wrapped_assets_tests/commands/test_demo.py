"""The first command of the README: what `wrapped demo` prints is what the README shows."""

from __future__ import annotations

import re
from pathlib import Path

from benchmarks.readme import BLOCK, README, block
from wrapped_assets_tests.commands.running import run

_MEASURED = re.compile(r"built ([\d,]+) cells in [\d.]+ s|\*Printed by.*\*")


def _without_measurements(text: str) -> str:
    return _MEASURED.sub(lambda found: f"built {found[1]} cells", text)


def test_the_readme_shows_what_the_demo_prints(tmp_path: Path) -> None:
    shown = BLOCK.search(README.read_text(encoding="utf-8"))
    assert shown is not None
    printed = block(run(tmp_path / "data", "demo").stdout)
    assert _without_measurements(shown[0].removeprefix(shown[1]).removesuffix(shown[2])) == _without_measurements(printed)
