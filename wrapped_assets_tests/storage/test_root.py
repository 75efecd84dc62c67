"""A data root: made once, its settings fixed, later layouts refused, its locks freed by a crash."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wrapped_assets.contracts.errors import InputError, WrappedError
from wrapped_assets.storage.cell_paths import bucket_in
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.small_roots import KEY


@pytest.mark.parametrize("count", [1, 2, 64, 4096])
def test_a_power_of_two_may_be_the_number_of_buckets(tmp_path: Path, count: int) -> None:
    assert Root.open_or_make(tmp_path / "root", count).settings_count == count
    assert Root.open(tmp_path / "root").settings_count == count


@pytest.mark.parametrize("count", [-2, 3, 6, 8192])
def test_any_other_number_of_buckets_is_refused_and_makes_nothing(tmp_path: Path, count: int) -> None:
    with pytest.raises(InputError, match="power of two"):
        Root.open_or_make(tmp_path / "root", count)
    assert not (tmp_path / "root").exists()


def test_no_buckets_at_all_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="power of two"):
        Root.open_or_make(tmp_path / "root", 0)


def test_the_number_of_buckets_is_fixed(tmp_path: Path) -> None:
    Root.open_or_make(tmp_path, 8)
    assert Root.open_or_make(tmp_path).settings_count == 8
    with pytest.raises(InputError, match="has 8 buckets, not 4"):
        Root.open_or_make(tmp_path, 4)


def test_a_folder_without_a_root_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="wrapped import"):
        Root.open(tmp_path)


def test_a_later_layout_is_refused(tmp_path: Path) -> None:
    Root.open_or_make(tmp_path)
    settings = json.loads((tmp_path / "root.json").read_text())
    (tmp_path / "root.json").write_text(json.dumps({**settings, "layout": 99}))
    with pytest.raises(WrappedError, match="update this program"):
        Root.open(tmp_path)


BROKEN = ["", "{", "[]", "null", '{"layout": 1}', '{"layout": 1, "bucket_count": 4, "key": "xyz"}', '{"layout": 99, "b']


@pytest.mark.parametrize("text", BROKEN)
def test_broken_settings_are_a_clear_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "root.json").write_text(text)
    with pytest.raises(WrappedError, match=r"root\.json"):
        Root.open(tmp_path)


@pytest.mark.parametrize("count", [-4, 0, 3, 24, 8192])
def test_settings_with_a_number_of_buckets_that_no_root_has_are_refused(tmp_path: Path, count: int) -> None:
    (tmp_path / "root.json").write_text(f'{{"layout": 1, "bucket_count": {count}, "key": "{KEY.hex()}"}}')
    with pytest.raises(WrappedError, match=f"{count} buckets, which is no power of two"):
        Root.open(tmp_path)


def test_the_key_is_random_secret_and_kept(tmp_path: Path) -> None:
    one, other = Root.open_or_make(tmp_path / "one"), Root.open_or_make(tmp_path / "other")
    assert one.key != other.key
    assert len(one.key) == 32
    assert stat.S_IMODE((tmp_path / "one" / "root.json").stat().st_mode) == 0o600
    assert Root.open_or_make(tmp_path / "one").key == one.key
    assert "key=" not in repr(one)


@given(st.lists(st.text(), max_size=20, unique=True))
def test_a_surrogate_depends_on_key_and_name_alone(names: list[str]) -> None:
    one, other = Root(Path(), 16, b"a" * 32), Root(Path(), 16, b"b" * 32)
    ids = [one.surrogate(name) for name in names]
    assert ids == [one.surrogate(name) for name in names]
    assert all(0 <= found < 2**63 and 0 <= bucket_in(16, found) < 16 for found in ids)
    assert len(set(ids)) == len(ids)
    assert not names or ids != [other.surrogate(name) for name in names]


def test_a_lock_keeps_another_process_out_and_is_freed_by_its_death(tmp_path: Path) -> None:
    root = Root.open_or_make(tmp_path)
    program = (
        "import sys, time; from pathlib import Path; from wrapped_assets.storage.root import Root\n"
        "with Root.open(Path(sys.argv[1])).lock('unit'): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with root.lock("unit", wait=False) as has:
            assert not has
        with root.lock("another", wait=False) as has:
            assert has
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
    with root.lock("unit", wait=False) as has:
        assert has


def test_a_registry_of_another_root_is_refused(tmp_path: Path) -> None:
    one, other = (Root.open_or_make(tmp_path / name) for name in ("one", "other"))
    assert one.engine.dialect.name == "sqlite"
    other.engine.dispose()
    one.engine.dispose()
    shutil.copy(one.path / "registry.sqlite", other.path / "registry.sqlite")
    for left in other.path.glob("registry.sqlite-*"):
        left.unlink()
    with pytest.raises(WrappedError, match=r"belongs to another data root \(.*one\)"):
        _ = Root.open(other.path).engine


def test_two_roots_on_one_registry_are_refused_and_one_that_was_moved_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRAPPED_REGISTRY_URL", f"sqlite:///{tmp_path / 'shared.sqlite'}")
    one = Root.open_or_make(tmp_path / "one")
    assert one.engine
    with pytest.raises(WrappedError, match="belongs to another data root"):
        _ = Root.open_or_make(tmp_path / "other").engine
    shutil.copytree(one.path, tmp_path / "copy")
    with pytest.raises(WrappedError, match="of which this is a copy"):
        _ = Root.open(tmp_path / "copy").engine
    shutil.rmtree(one.path)
    assert Root.open(tmp_path / "copy").engine, "the other place holds no root any more: this one was moved"
    assert Root.open(tmp_path / "copy").engine


def test_a_root_is_copied_with_the_registry_that_lies_in_it(tmp_path: Path) -> None:
    one = Root.open_or_make(tmp_path / "one")
    one.engine.dispose()
    shutil.copytree(one.path, tmp_path / "copy")
    assert Root.open(tmp_path / "copy").engine
