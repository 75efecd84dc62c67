"""What was dropped for a listener goes with them, and nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest

from wrapped_assets.building.situate import Project
from wrapped_assets.orchestration import inbox
from wrapped_assets.rights.erasing import erase
from wrapped_assets.storage.inbox_folders import forget_drops
from wrapped_assets.storage.registry import all_listeners, find_listener
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.exports import spotify_file, spotify_rows


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


@pytest.mark.parametrize("where", ["a file", "in a folder", "a folder", "a listener"])
def test_a_link_in_the_inbox_leads_to_nobody_elses_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    """Whoever may drop files for themselves could otherwise import what only this process may read."""
    monkeypatch.setattr(inbox, "SETTLED_SECONDS", -1.0)
    root, theirs = tmp_path / "root", tmp_path / "theirs"
    Root.open_or_make(root)
    theirs.mkdir()
    secret = spotify_file(theirs / "Streaming_History_Audio_2025", spotify_rows("2025-05-01 eple"))
    own = root / "inbox" / "eve"
    if where == "a listener":
        own.parent.mkdir(parents=True)
        own.symlink_to(secret.parent)
    else:
        own.mkdir(parents=True)
        places = {"a file": (own / "x.json", secret), "a folder": (own / "x", secret.parent), "in a folder": (own / "x" / "y.json", secret)}
        place, target = places[where]
        place.parent.mkdir(exist_ok=True)
        place.symlink_to(target)
    found = inbox.empty(root)
    assert (found.landed, found.plays, found.refused) == (0, 0, int(where != "a listener"))
    assert secret.is_file()
    assert all_listeners(Root.open(root)) == []
