"""Killed at any point and run again: the same bytes, nothing finished is repeated; two at once repeat and spoil nothing."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from wrapped_assets.building.build import build
from wrapped_assets.building.situate import Project
from wrapped_assets.storage.chunks import load_chunks
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.exports import spotify_file
from wrapped_assets_tests.small_roots import KEY, SMALL_PLAYS, import_small, import_text, lake_files, versions

BUILD = """
import json, os, sys
from pathlib import Path

from wrapped_assets.building.build import build
from wrapped_assets.building.situate import Project
from wrapped_assets.storage import frame_files, manifest
from wrapped_assets.storage.root import Root

writes, after = int(sys.argv[2]), sys.argv[3]
count = 0

def dying(real, when):
    def call(*arguments, **named):
        global count
        count += when == after
        if when == after and count == writes:
            if after in ("written", "recorded"):
                real(*arguments, **named)
            os._exit(9)
        return real(*arguments, **named)
    return call

frame_files.new_file = dying(frame_files.new_file, "write")  # of a part beside its place
Path.replace = dying(Path.replace, "written")
manifest.record_cells = dying(dying(manifest.record_cells, "record"), "recorded")  # before and inside of the transaction
print("ready", flush=True)
sys.stdin.readline()
report = build(Project(Root.open(Path(sys.argv[1]))))
print(json.dumps([sorted(map(str, report.recomputed)), [str(cell) for cell, _ in report.failed]]))
"""


def fresh(path: Path) -> Root:
    root = Root.open_or_make(path, 2, KEY)
    import_small(root, SMALL_PLAYS)
    root.engine.dispose()
    return root


def start(root: Root, writes: int = 0, when: str = "never") -> subprocess.Popen[str]:
    """A build in a process of its own, ready to go at a line on its input; dies at the n-th write or record."""
    arguments = [sys.executable, "-c", BUILD, str(root.path), str(writes), when]
    process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.slow
@pytest.mark.parametrize(("when", "writes"), [("write", 1), ("write", 30), ("written", 30), ("record", 9), ("recorded", 3)])
def test_a_build_killed_half_way_and_repeated_is_one_build(tmp_path: Path, small: Root, when: str, writes: int) -> None:
    root = fresh(tmp_path / "root")
    killed = start(root, writes, when)
    killed.communicate("go\n")
    assert killed.returncode == 9
    finished = set(versions(root))
    report = build(Project(root))
    assert report.failed == []
    assert not finished & {str(cell) for cell in report.recomputed}, "no finished cell is repeated"
    assert lake_files(root) == lake_files(small), "no orphan, no half-written file, every byte the same"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_a_build_killed_at_a_random_moment_and_repeated_is_one_build(tmp_path: Path, small: Root, seed: int) -> None:
    root = fresh(tmp_path / "root")
    wait = random.Random(seed)
    for _ in range(3):
        process = start(root)
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
        time.sleep(wait.uniform(0.05, 1.2))
        process.send_signal(signal.SIGKILL)
        process.communicate()
    finished = set(versions(root))
    report = build(Project(root))
    assert not finished & {str(cell) for cell in report.recomputed}
    assert lake_files(root) == lake_files(small)


def test_two_builds_at_once_compute_each_cell_once(tmp_path: Path, small: Root) -> None:
    root = fresh(tmp_path / "root")
    processes = [start(root), start(root)]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    reports = [json.loads(process.communicate(timeout=120)[0]) for process in processes]
    assert [failed for _, failed in reports] == [[], []]
    first, second = (computed for computed, _ in reports)
    assert not set(first) & set(second)
    assert sorted(first + second) == sorted(versions(small))
    assert lake_files(root) == lake_files(small)


IMPORT = """
import os, sys
from pathlib import Path
from wrapped_assets.building.importing import Person, import_paths
from wrapped_assets.storage import frame_files
from wrapped_assets.storage.root import Root

limit, count, real = int(sys.argv[3]), 0, frame_files.new_file

def dying(*arguments, **named):
    global count
    count += 1
    if count == limit:
        os._exit(9)
    return real(*arguments, **named)

frame_files.new_file = dying  # of a part beside its place
if limit > 99:  # another import at the same time
    print("ready", flush=True)
    sys.stdin.readline()
import_paths(Root.open(Path(sys.argv[1])), [Path(sys.argv[2])], Person("ana", "Europe/Lisbon"))
"""


@pytest.mark.parametrize("limit", [1, 4, 7])
def test_an_import_killed_half_way_leaves_nothing_readable_and_repeated_is_one_import(tmp_path: Path, limit: int) -> None:
    root, clean = (Root.open_or_make(tmp_path / name, 2, KEY) for name in ("root", "clean"))
    export = spotify_file(tmp_path / "export", SMALL_PLAYS["ana"])
    found = subprocess.run([sys.executable, "-c", IMPORT, str(root.path), str(export), str(limit)], check=False)
    assert found.returncode == 9
    assert load_chunks(root) == {}
    (root.path / "landing" / "plays").mkdir(parents=True, exist_ok=True)
    (root.path / "landing" / "plays" / ".half.part").write_bytes(b"half")  # as a kill in the middle of a write leaves it
    assert build(Project(root)).recomputed == []
    again, once = (import_text(each, "ana", SMALL_PLAYS["ana"]) for each in (root, clean))
    assert (again.accepted, again.duplicate) == (once.accepted, once.duplicate)
    assert lake_files(root, "landing") == lake_files(clean, "landing")


def test_two_imports_of_one_export_at_once_are_one_import(tmp_path: Path) -> None:
    root, clean = (Root.open_or_make(tmp_path / name, 2, KEY) for name in ("root", "clean"))
    export = spotify_file(tmp_path / "export", SMALL_PLAYS["ana"])
    arguments = [sys.executable, "-c", IMPORT, str(root.path), str(export), "100"]
    processes = [subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        process.communicate(timeout=60)
    assert [process.returncode for process in processes] == [0, 0]
    import_text(clean, "ana", SMALL_PLAYS["ana"])
    assert lake_files(root, "landing") == lake_files(clean, "landing")
