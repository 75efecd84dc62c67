"""Several machines build one root at the same time: no cell is computed twice, whatever the server does meanwhile."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from wrapped_assets.building.build import build
from wrapped_assets.planning.plan import make_plan
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.building.stoppable import few
from wrapped_assets_tests.building.unbuilt import _imported, files, server, unbuilt
from wrapped_assets_tests.postgres import Server
from wrapped_assets_tests.small_roots import lake_files

__all__ = ["_imported", "files", "server", "unbuilt"]
pytestmark = [pytest.mark.postgres, pytest.mark.slow]

# Locks of files say nothing on it, as between machines whose file system does not pass them on.
MACHINE = """
import fcntl, json, sys
from pathlib import Path
fcntl.flock = lambda *_: None
from wrapped_assets.building.build import build
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.building.stoppable import few
project = few(Root.open(Path(sys.argv[1])))
project.logic
print("ready", flush=True)
sys.stdin.readline()
said = lambda done, planned: print("unit", flush=True)
report = build(project, progress=said)
print(json.dumps({"recomputed": [str(cell) for cell in report.recomputed], "failed": [str(each) for each in report.failed]}), flush=True)
"""


@pytest.mark.parametrize("happens", ["nothing", "restart", "kill"])
def test_three_machines_compute_each_cell_once(unbuilt: Root, server: Server, files: dict[str, bytes], happens: str) -> None:
    every = {str(step.cell) for step in make_plan(few(unbuilt).situation()).steps}
    unbuilt.engine.dispose()
    command = [sys.executable, "-c", MACHINE, str(unbuilt.path)]
    machines = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    try:
        for machine in machines:
            assert machine.stdout is not None
            assert machine.stdout.readline() == "ready\n"
        for machine in machines:
            assert machine.stdin is not None
            machine.stdin.write("go\n")
            machine.stdin.flush()
        first = machines[0]
        assert first.stdout is not None
        assert first.stdout.readline() == "unit\n"
        if happens == "restart":
            server.stop()
            server.start()
        elif happens == "kill":
            first.kill()
        said = [machine.communicate()[0].splitlines() for machine in machines]
    finally:
        for machine in machines:
            machine.kill()
    reports = [json.loads(lines[-1]) for machine, lines in zip(machines, said, strict=True) if machine.returncode == 0]
    assert len(reports) == (2 if happens == "kill" else 3)
    computed = [cell for report in reports for cell in report["recomputed"]]
    assert len(computed) == len(set(computed))
    assert set(computed) <= every
    if happens == "nothing":
        assert set(computed) == every
        assert sum(bool(report["recomputed"]) for report in reports) > 1
    assert [report["failed"] for report in reports] == [[]] * len(reports)
    left = build(few(unbuilt))
    assert (left.recomputed, left.failed) == ([], [])
    assert lake_files(unbuilt) == files
