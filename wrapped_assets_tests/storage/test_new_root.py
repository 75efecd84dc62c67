"""A first import that is refused leaves nothing behind, and one that is not leaves a whole root."""

from __future__ import annotations

from pathlib import Path

import pytest

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.storage.new_root import filled
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.commands.running import document, run
from wrapped_assets_tests.exports import spotify_file


def refused(root: Root) -> None:
    root.engine.connect().close()
    raise InputError("no")


def test_a_refused_first_import_leaves_nothing_and_the_next_one_works(tmp_path: Path) -> None:
    data, noise, rejected = tmp_path / "deep" / "home", tmp_path / "noise.txt", tmp_path / "late.csv"
    noise.write_text("hello")
    rejected.write_text("artist,track,time\nbo,eple,2999-01-01 12:00\n")
    for given in (noise, rejected, tmp_path / "gone.json"):
        run(data, "import", given, "--listener", "ana", code=2)
        assert not (tmp_path / "deep").exists(), given
    run(data, "catalogue", "import", noise, code=2)
    assert not (tmp_path / "deep").exists()
    assert document(data, "import", spotify_file(tmp_path, "2025-01-01 eple"), "--listener", "ana")["plays"]["accepted"] == 1
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["home"]
    run(data, "import", noise, "--listener", "ana", code=2)
    assert Root.open(data).path == data.resolve()


def test_what_a_killed_import_was_filling_is_removed_unless_it_still_runs(tmp_path: Path) -> None:
    dead, alive = (Root.open_or_make(tmp_path / f".home-{name * 8}", 1) for name in "ab")
    with dead.lock("new"):
        pass
    with alive.lock("new"), pytest.raises(InputError):
        filled(tmp_path / "home", None, refused)
    assert [path.name for path in tmp_path.iterdir()] == [alive.path.name]


def test_two_first_imports_at_once_fill_one_root(tmp_path: Path) -> None:
    keys = []

    def other_first(root: Root) -> None:
        keys.append(root.key)
        if len(keys) == 1:
            filled(tmp_path / "home", 1, lambda inner: keys.append(inner.key))

    filled(tmp_path / "home", 1, other_first)
    assert len(keys) == 3
    assert keys[2] == keys[1] == Root.open(tmp_path / "home").key
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_a_folder_that_holds_something_is_filled_in_place_and_kept(tmp_path: Path) -> None:
    (tmp_path / "responsible.yaml").write_text("{}")
    with pytest.raises(InputError):
        filled(tmp_path, None, refused)
    assert (tmp_path / "responsible.yaml").exists()
