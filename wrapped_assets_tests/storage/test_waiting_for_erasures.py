"""What readers see is not flipped while an erasure rewrites it: real processes wait for its lock."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from wrapped_assets.building.build import build
from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.storage import environments, publications, registry
from wrapped_assets.storage.root import Root


def _waits_for_a_lock(process: subprocess.Popen[bytes]) -> bool:
    """Whether the process comes to wait for a lock, by the kernel's table of them, before it ends."""
    while process.poll() is None:
        if any("->" in line and f" {process.pid} " in line for line in Path("/proc/locks").read_text().splitlines()):
            return True
    return False


@pytest.mark.slow
def test_a_rollback_and_a_promotion_wait_until_an_erasure_has_rewritten_what_they_would_show(small: Root) -> None:
    publish_edition(Project(small), 2025)
    publish_edition(Project(small), 2025)
    registry.set_edition(small.within("trial"), 2025, window_end=date(2025, 2, 28))
    build(Project(small.within("trial")))
    commands = (["rollback", "2025"], ["env", "promote", "trial"])
    start = [sys.executable, "-c", "from wrapped_assets.cli import main; main()", "--data", str(small.path)]
    with small.lock("publishing"):  # as an erasure holds it
        processes = [subprocess.Popen([*start, *command], stdout=subprocess.DEVNULL) for command in commands]
        assert all(_waits_for_a_lock(process) for process in processes)
        assert publications.live(small)[2025].number == 2
        assert environments.environments(small)["trial"] > 0
    assert [process.wait(60) for process in processes] == [0, 0]
    assert publications.live(small)[2025].number == 1
    assert environments.environments(small) == {}
