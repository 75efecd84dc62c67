"""A data root that cannot be written can be read: nothing is written beside it, and what writes says so."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from wrapped_assets.storage.root import Root
from wrapped_assets_tests.commands.running import run

READING = (
    ["status"], ["plan"], ["show", "top_artists", "--year", "2025", "--listener", "ana"], ["story", "--year", "2025", "--listener", "ana"],
    ["explain", "top_artists"], ["edition", "show"], ["consent", "show", "ana"],
)  # fmt: skip
WRITING = (["build"], ["consent", "set", "ana", "group", "given"], ["exclude", "--listener", "ana", "--artist", "eple"])
LEAVES_A_JOURNAL = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("insert into settings values ('kept', 'in the journal')")
connection.commit()
os._exit(9)
"""


@pytest.fixture(params=["no journal", "journal", "journal without its index"])
def read_only(request: pytest.FixtureRequest, small: Root, tmp_path: Path) -> Iterator[Path]:
    """The same folder, mounted for reading only; as a process that was killed may have left it."""
    small.engine.dispose()
    registry = small.path / "registry.sqlite"
    if request.param != "no journal":
        subprocess.run([sys.executable, "-c", LEAVES_A_JOURNAL, str(registry)], check=False)
        assert registry.with_name("registry.sqlite-wal").stat().st_size
    if request.param == "journal without its index":
        registry.with_name("registry.sqlite-shm").unlink()
    shutil.rmtree(small.path / "locks")
    place = tmp_path / "mounted"
    place.mkdir()
    if os.getuid() or subprocess.run(["mount", "--bind", str(small.path), str(place)], check=False, capture_output=True).returncode:
        pytest.skip("only root can mount a folder for reading only")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(place)], check=True)
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)  # engines of the commands may still hold it


def test_what_reads_works_and_what_writes_says_why_not(read_only: Path) -> None:
    before = {path: path.read_bytes() for path in read_only.rglob("*") if path.is_file()}
    for command in READING:
        assert run(read_only, *command).stdout
    for command in WRITING:
        ended = run(read_only, *command, code=1)
        assert "ead-only" in ended.stderr, command
        assert "unexpectedly" not in ended.stderr
    assert {path: path.read_bytes() for path in read_only.rglob("*") if path.is_file() and "-shm" not in path.name} == {
        path: content for path, content in before.items() if "-shm" not in path.name
    }
    root = Root.open(read_only)
    with root.engine.connect() as connection:
        kept = connection.exec_driver_sql("select value from settings where name = 'kept'").scalar()
    root.engine.dispose()
    assert kept == ("in the journal" if (read_only / "registry.sqlite-wal").exists() else None)
