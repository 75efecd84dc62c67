"""What was dropped for a listener goes with them, and nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest

from wrapped_assets.building.situate import Project
from wrapped_assets.rights.erasing import erase
from wrapped_assets.storage.inbox_folders import forget_drops
from wrapped_assets.storage.registry import find_listener
from wrapped_assets.storage.root import Root


def drops(root: Path, name: str) -> list[Path]:
    paths = [root / "inbox" / place / name / "export.zip" for place in ("", "done", "refused")]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"somebody's history, compressed")
    return paths


def test_an_erasure_takes_the_dropped_files_along(small: Root) -> None:
    theirs, others = drops(small.path, "ana"), drops(small.path, "bo")
    erase(Project(small), find_listener(small, "ana"))
    assert not [path for path in theirs if path.parent.exists()]
    assert all(path.exists() for path in others)


@pytest.mark.parametrize("name", ["", ".", "..", "done", "refused", "../..", "done/bo", "a/../bo", "/", "nobody"])
def test_no_name_leads_to_anothers_files(tmp_path: Path, name: str) -> None:
    kept = [*drops(tmp_path, "bo"), tmp_path / "registry.sqlite"]
    kept[-1].touch()
    assert forget_drops(tmp_path, name) == 0
    assert all(path.exists() for path in kept)
