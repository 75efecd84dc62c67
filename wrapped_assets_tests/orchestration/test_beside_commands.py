"""Dagster's runs, a build from the command line and imports at once: none disturbs another, and nothing stale is left."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from wrapped_assets.building.build import build
from wrapped_assets.building.situate import Project
from wrapped_assets_tests.orchestration.conftest import land
from wrapped_assets_tests.small_roots import import_text, lake_files, versions

RUN = """
import sys
from pathlib import Path
from wrapped_assets.orchestration.backfill import backfill
sys.exit(not all(run.success for run in backfill(Path(sys.argv[1]), None, "2024-03", "2025-01")))
"""
BUILD = "from wrapped_assets.cli import main; main()"


@pytest.mark.slow
def test_runs_a_build_and_imports_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = land(tmp_path / "root")
    monkeypatch.setenv("WRAPPED_DATA", str(root.path))
    monkeypatch.setenv("DAGSTER_HOME", str(root.path / "dagster"))
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "yes")
    processes = [
        subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for code, arguments in ((RUN, (str(root.path),)), (BUILD, ("--data", str(root.path), "build")), (BUILD, ("build",)))
    ]
    days = iter(range(1, 28))
    while any(process.poll() is None for process in processes) and (day := next(days, None)):
        import_text(root, "Tove Ødegård", f"2024-04-{day:02d} eple rain", "Europe/Berlin")
    for process in processes:
        out, err = process.communicate(timeout=300)
        assert process.returncode == 0, out[-2000:] + err[-2000:]
    assert build(Project(root)).failed == []
    before = versions(root), lake_files(root)
    assert build(Project(root)).recomputed == []
    assert build(Project(root), full=True).failed == []
    assert (versions(root), lake_files(root)) == before
