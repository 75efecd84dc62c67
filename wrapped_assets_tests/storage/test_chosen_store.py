"""The store that somebody names for a new data root: what cannot be used leaves no root, and no root harms another."""

from __future__ import annotations

from pathlib import Path

import pytest

from wrapped_assets.storage import object_files
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.commands.running import run
from wrapped_assets_tests.exports import spotify_file
from wrapped_assets_tests.serving.s3_server import Store
from wrapped_assets_tests.small_roots import KEY, SMALL_PLAYS, import_small, import_text


def imported(folder: Path, lake: str, code: int) -> str:
    object_files._opened.cache_clear()
    export = spotify_file(folder, "2025-01-03 eple*4")
    given = ["import", export, "--listener", "ana", "--time-zone", "UTC", "--lake", lake]
    return run(folder / "root", *given, code=code).stderr


def test_an_address_that_cannot_be_used_leaves_no_root_and_the_next_one_is_taken(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Root.open_or_make(tmp_path / "other", 1, KEY, "s3://bucket/taken").engine.dispose()
    store.buckets = ("bucket",)
    assert "no such bucket: s3://mistyped/x" in imported(tmp_path, "s3://mistyped/x", 1)
    assert "another data root's" in imported(tmp_path, "s3://bucket/taken", 1)
    assert "another data root's" in imported(tmp_path, "s3://bucket/taken/", 1)
    assert "not understood" in imported(tmp_path, "s3://bucket/a//b", 2)
    for wrong in (" s3://bucket/x", "s3://bucket/a b", "file:///x", "s3:/bucket/x", "S3://bucket/x", "s3://"):
        assert "expected the address of an object store" in imported(tmp_path, wrong, 2)
    with monkeypatch.context() as patch:
        patch.setenv("AWS_SECRET_ACCESS_KEY", "not-the-secret")
        assert "refused the credentials" in imported(tmp_path, "s3://bucket/x", 1)
    assert not (tmp_path / "root" / "root.json").exists()
    imported(tmp_path, "s3://bucket/x", 0)


def test_a_root_within_another_ones_prefix_is_refused(store: Store, tmp_path: Path) -> None:
    Root.open_or_make(tmp_path / "other", 1, KEY, "s3://bucket/x").engine.dispose()
    for inside in ("s3://bucket/x/lake", "s3://bucket/x/lake/deep", "s3://bucket/y/../x/lake"):
        assert "lies within" in imported(tmp_path, inside, 2), inside
    imported(tmp_path, "s3://bucket/xy", 0)


def test_a_root_around_another_one_never_takes_what_is_the_other_ones_for_its_own(store: Store, tmp_path: Path) -> None:
    inner = Root.open_or_make(tmp_path / "inner", 2, KEY, "s3://bucket/lake/inner")
    import_small(inner, SMALL_PLAYS)
    theirs = {key: found for key, found in store.objects.items() if key.startswith("lake/inner/")}
    outer = Root.open_or_make(tmp_path / "outer", 2, None, "s3://bucket")
    import_text(outer, "ana", SMALL_PLAYS["ana"])
    outer.engine.dispose()
    run(outer.path, "repair")
    assert {key: found for key, found in store.objects.items() if key.startswith("lake/inner/")} == theirs
