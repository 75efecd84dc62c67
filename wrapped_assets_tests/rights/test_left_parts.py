"""Half-written files of killed processes: an erasure finds and destroys them wherever they lie, and leaves those that are being written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from wrapped_assets.building.situate import Project
from wrapped_assets.rights.erasing import erase
from wrapped_assets.storage import registry, whole_files
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.whole_files import destroy_parts, whole_file

FOLDERS = (
    "", "erasures", "exports/staged/ab", "exports/people", "exports/draws", "site/2025/1/uploads", "site/2025/1/index", "site/microsite",
    "landing/plays/2025-01", "landing/links", "lake/insights/x", "records/main", "catalogue", "locks", "tombstone_keys", "relocating",
    "landing/rebucketing",
)  # fmt: skip
PART = ".0123456789abcdef.part"


def test_what_killed_processes_left_half_written_goes_with_the_next_erasure(small: Root) -> None:
    cy = registry.find_listener(small, "cy")
    left = [small.path / folder / PART for folder in FOLDERS]
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(str(cy.listener_id).encode())
    assert erase(Project(small), cy).residue.hits == []
    assert [path for path in left if path.exists()] == []


def test_a_file_that_is_being_written_stays(tmp_path: Path) -> None:
    with whole_file(tmp_path / "a" / "whole.json") as being_written:
        being_written.write_bytes(b"half")
        assert destroy_parts(tmp_path) == 0
        being_written.write_bytes(b"all of it")
    assert (tmp_path / "a" / "whole.json").read_bytes() == b"all of it"


def test_a_part_that_is_another_name_of_a_whole_file_does_not_take_its_content_along(tmp_path: Path) -> None:
    (tmp_path / "page").write_bytes(b"a page")
    (tmp_path / PART).hardlink_to(tmp_path / "page")
    assert destroy_parts(tmp_path) == 0
    assert (tmp_path / "page").read_bytes() == b"a page"


def test_without_locks_no_file_that_was_made_whole_meanwhile_is_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part, whole = tmp_path / PART, tmp_path / "whole"
    part.write_bytes(b"all of it")

    def finished_before(size: int) -> bytes:
        with suppress(FileNotFoundError):
            part.replace(whole)  # the writer on another machine
        return bytes(size)

    monkeypatch.setattr(whole_files, "bytes", finished_before, raising=False)  # called once the part is open, to overwrite it
    destroy_parts(tmp_path)
    assert not part.exists()
    assert not whole.exists() or whole.read_bytes() == b"all of it"


def test_what_a_process_was_writing_when_it_was_killed_is_destroyed_and_what_the_others_write_is_not(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from wrapped_assets.storage.whole_files import whole_file\n"
        "with whole_file(Path(sys.argv[1])) as part:\n part.write_bytes(b'a name'); print('there', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "case")], stdout=subprocess.PIPE, text=True) as writing:
        assert writing.stdout
        assert writing.stdout.readline() == "there\n"
        assert destroy_parts(tmp_path) == 0
        os.kill(writing.pid, signal.SIGKILL)
    assert len(list(tmp_path.iterdir())) == 1
    assert destroy_parts(tmp_path) == 1
    assert list(tmp_path.iterdir()) == []
