"""A machine that allows little: few open files, small files, a disk that is full, little memory."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from wrapped_assets.building import unit
from wrapped_assets.building.build import build
from wrapped_assets.building.situate import Project
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.commands.running import run
from wrapped_assets_tests.small_roots import import_text, lake_files

COMMAND = [sys.executable, "-c", "from wrapped_assets.cli import main; main()"]


def under(limit: int | None, value: int, root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command in a process that may use so much of something."""

    def held() -> None:
        if limit is not None:
            resource.setrlimit(limit, (value, value))

    return subprocess.run([*COMMAND, "--data", str(root), *arguments], preexec_fn=held, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_build_works_with_few_open_files(small: Root) -> None:
    for month in range(1, 13):
        import_text(small, "ana", f"2022-{month:02d}-03 eple rain")  # a year of files for one cell
    small.engine.dispose()
    found = under(resource.RLIMIT_NOFILE, 48, small.path, "build")
    assert found.returncode == 0, found.stderr
    before = lake_files(small)
    assert build(Project(small), full=True).failed == []
    assert lake_files(small) == before


@pytest.mark.slow
def test_files_that_may_not_grow_end_a_build_with_what_to_do_and_nothing_is_lost(small: Root) -> None:
    before = lake_files(small)
    import_text(small, "ana", "2025-01-04 rain*3")
    small.engine.dispose()
    found = under(resource.RLIMIT_FSIZE, 4096, small.path, "build")
    assert_refused(found)
    assert build(Project(small)).failed == []
    assert before.keys() & lake_files(small).keys()
    ended_clean(small)


@pytest.fixture
def full_disk(small: Root, tmp_path: Path) -> Iterator[Path]:
    """The root on a disk of its own that has no room left."""
    small.engine.dispose()
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "none", str(disk)], check=False, capture_output=True).returncode:
        pytest.skip("only root can make a disk")
    try:
        shutil.copytree(small.path, disk / "root")
        filling = os.open(disk / "filling", os.O_WRONLY | os.O_CREAT)
        with suppress(OSError):
            while True:
                os.write(filling, bytes(4096))
        os.close(filling)
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


@pytest.mark.slow
def test_a_full_disk_ends_a_build_with_what_to_do_and_the_next_one_finishes(full_disk: Path) -> None:
    place = full_disk / "root"
    before = lake_files(Root.open(place))
    assert_refused(under(None, 0, place, "build", "--full", "--select", "tracks+"))
    assert lake_files(Root.open(place)) == before
    (full_disk / "filling").unlink()
    run(place, "build", "--full")
    assert lake_files(Root.open(place)) == before


def most_held(process: int) -> int:
    """The most bytes of memory that a process has held by now; 0 once it is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def built(root: Root, most: int) -> tuple[int, int]:
    """Exit code and peak memory of a full build that is killed, as the kernel does it, once it has held more than `most` bytes."""
    process = subprocess.Popen([*COMMAND, "--data", str(root.path), "build", "--full"], stdout=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        peak = max(peak, most_held(process.pid))
        if peak > most:
            process.kill()
        time.sleep(0.002)
    return process.returncode, peak


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_a_build_stays_below_a_gibibyte_and_one_that_the_kernel_ends_for_its_memory_is_finished_by_the_next(small: Root) -> None:
    small.engine.dispose()
    before = lake_files(small)
    code, peak = built(small, 1 << 30)
    assert code == 0
    assert peak < 1 << 30
    code, _ = built(small, int(peak * 0.9))
    assert code == -signal.SIGKILL
    ended_clean(small)
    assert lake_files(small) == before


@pytest.mark.parametrize("within_an_asset", [False, True])
def test_a_computer_without_memory_is_told_what_to_do(small: Root, monkeypatch: pytest.MonkeyPatch, within_an_asset: bool) -> None:
    def too_much(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(unit, "lazy_result" if within_an_asset else "record", too_much)
    before = lake_files(small)
    found = run(small.path, "build", "--full", "--select", "insights/top_artists", "--year", "2025", code=1)
    assert "no more memory to give" in found.output
    assert lake_files(small) == before


@pytest.mark.slow
def test_a_build_to_which_the_system_refuses_memory_leaves_a_root_that_the_next_one_finishes(small: Root) -> None:
    small.engine.dispose()
    before = lake_files(small)
    for mebibytes in (500, 700, 900, 1_100, 1_400):  # of addresses: Python, or the allocator of a library, ends the process
        found = under(resource.RLIMIT_AS, mebibytes << 20, small.path, "build", "--full")
        assert found.returncode in (0, 1, -signal.SIGABRT), found.stderr
    ended_clean(small)
    assert lake_files(small) == before


def assert_refused(found: subprocess.CompletedProcess[str]) -> None:
    assert found.returncode == 1
    assert found.stderr.startswith("wrapped: ")
    assert "unexpectedly" not in found.stderr
    assert "nothing was" in found.stderr


def ended_clean(root: Root) -> None:
    files = lake_files(root)
    assert build(Project(root), full=True).failed == []
    assert lake_files(root) == files
