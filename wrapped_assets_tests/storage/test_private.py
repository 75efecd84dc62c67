"""Everything below a data root is for its owner alone, whatever the umask, whoever writes it."""

from __future__ import annotations

import logging
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from wrapped_assets.storage.private import tighten
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.exports import spotify_file
from wrapped_assets_tests.small_roots import KEY

WORLD = """
import os, sys
os.umask(0)
from pathlib import Path
from wrapped_assets.cli import main
from wrapped_assets.orchestration.instance import prepare
from wrapped_assets.storage.root import Root

data, export, out = sys.argv[1:]
def run(*arguments):
    try:
        main(["--data", data, *arguments], standalone_mode=False)
    except SystemExit as end:
        assert not end.code, arguments
run("import", export, "--listener", "ana")
run("import", export, "--listener", "bo")
run("build", "--year", "2025", "--select", "+listening_totals")
run("own-data", "ana", "--zip")
run("own-data", "bo", "--out", out)
run("show", "listening_totals", "--format", "csv", "--out", data + "/pages/totals.csv")
prepare(Path(data))
root = Root.open(Path(data))
with root.engine.begin() as connection:
    connection.exec_driver_sql("insert into settings values ('x', 'y')")
    print(sorted(path.name for path in Path(data).glob("registry.sqlite*")))
    for path in (Path(data), *Path(data).rglob("*"), Path(out), *Path(out).rglob("*")):
        if path.stat().st_mode & 0o077:
            print("open:", path, oct(path.stat().st_mode))
"""


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(root: Path) -> set[int]:
    return {stat.S_IMODE(path.lstat().st_mode) & 0o077 for path in (root, *root.rglob("*"))}


@pytest.mark.slow
def test_files_of_every_kind_are_their_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    export = spotify_file(tmp_path / "in", "2025-01-03 eple*4 walk*2")
    command = [sys.executable, "-c", WORLD, str(tmp_path / "root"), str(export), str(tmp_path / "out")]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr[-2000:]
    assert "'registry.sqlite', 'registry.sqlite-shm', 'registry.sqlite-wal'" in found.stdout
    assert "open:" not in found.stdout


def test_an_existing_root_is_tightened_when_it_is_opened_and_a_line_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    root = Root.open_or_make(tmp_path / "root", 1, KEY)
    assert root.engine
    root.engine.dispose()
    (root.path / "lake" / "deep").mkdir(parents=True)
    (root.path / "lake" / "deep" / "a.parquet").write_text("x")
    for path in (root.path, *root.path.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    with caplog.at_level(logging.WARNING):
        Root.open(root.path)
    assert modes(root.path) == {0}
    assert "readable by other users" in caplog.text
    caplog.clear()
    Root.open(root.path)
    assert caplog.text == ""


@pytest.mark.parametrize("name", ["registry.sqlite", "exports"])
def test_one_open_path_in_a_closed_root_is_enough(tmp_path: Path, name: str) -> None:
    root = Root.open_or_make(tmp_path / "root", 1, KEY)
    (root.path / "exports").mkdir()
    (root.path / "registry.sqlite").touch()
    (root.path / "exports" / "draws.json").write_text("[]")
    (root.path / "exports" / "draws.json").chmod(0o644)
    (root.path / name).chmod(0o755)
    Root.open(root.path)
    assert modes(root.path) == {0}


def test_a_link_that_leads_elsewhere_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("x")
    (tmp_path / "elsewhere").chmod(0o644)
    (tmp_path / "root").mkdir(mode=0o700)
    (tmp_path / "root" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "root").chmod(0o755)
    tighten(tmp_path / "root")
    assert stat.S_IMODE((tmp_path / "elsewhere").stat().st_mode) == 0o644
