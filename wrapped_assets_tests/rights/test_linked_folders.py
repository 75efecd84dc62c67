"""Folders of a data root that are links to another disk: an erasure sweeps and searches them as if they lay in the root."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import BuildError
from wrapped_assets.rights.erasing import erase
from wrapped_assets.storage import registry
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.whole_files import destroy_parts

PART = ".0123456789abcdef.part"


def put_on_another_disk(root: Root, name: str, disk: Path) -> Path:
    there = disk / name
    there.parent.mkdir(parents=True, exist_ok=True)
    (root.path / name).mkdir(parents=True, exist_ok=True)
    shutil.move(root.path / name, there)
    (root.path / name).symlink_to(there)
    return there


def test_half_written_files_in_linked_folders_are_destroyed_with_the_erasure(small: Root, tmp_path: Path) -> None:
    cy = registry.find_listener(small, "cy")
    disk = tmp_path / "disk"
    left = [put_on_another_disk(small, name, disk) / "deeper" / PART for name in ("lake", "landing/plays", "exports/staged")]
    for path in left:
        path.parent.mkdir()
        path.write_bytes(b"cy")
    assert erase(Project(small), cy).residue.opaque == {}
    assert [path for path in left if path.exists()] == []


@pytest.mark.parametrize("name", ["lake", "landing/plays", "site"])
def test_what_lies_in_a_linked_folder_is_searched(small: Root, tmp_path: Path, name: str) -> None:
    cy = registry.find_listener(small, "cy")
    (put_on_another_disk(small, name, tmp_path / "disk") / "left.txt").write_text(str(cy.listener_id))
    with pytest.raises(BuildError, match=f"{name}/left.txt"):
        erase(Project(small), cy)


def test_a_link_to_somebodys_own_files_is_named_as_not_searched_and_nothing_there_is_touched(small: Root, tmp_path: Path) -> None:
    theirs = tmp_path / "music"
    theirs.mkdir()
    (theirs / PART).write_text("cy")
    (small.path / "inbox").mkdir(exist_ok=True)
    (small.path / "inbox" / "music").symlink_to(theirs)
    (small.path / "around").symlink_to(tmp_path)
    (small.path / "within").symlink_to(small.path / "landing")
    (small.path / "nowhere").symlink_to(tmp_path / "nowhere")
    (small.path / "itself").symlink_to(small.path / "itself")
    assert erase(Project(small), registry.find_listener(small, "cy")).residue.opaque.keys() == {"inbox/music", "around"}
    assert (theirs / PART).read_text() == "cy"


def test_links_that_lead_in_circles_end(tmp_path: Path) -> None:
    root, disk = tmp_path / "root", tmp_path / "disk"
    for folder in (root, disk / "deeper"):
        folder.mkdir(parents=True)
    (root / "lake").symlink_to(disk)
    (disk / "back").symlink_to(root)
    (disk / "deeper" / "again").symlink_to(disk)
    (disk / "deeper" / PART).write_text("x")
    assert destroy_parts(root) == 1
