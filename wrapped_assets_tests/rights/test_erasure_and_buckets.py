"""Erasures where an edition was published before the buckets were divided, and where listeners of a bucket share files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import polars as pl
import pytest
import sqlalchemy as sa

from wrapped_assets.building.build import build
from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.listens.clocks import EDGE
from wrapped_assets.rights.erasing import erase
from wrapped_assets.rights.own_data.from_lake import landed_rows
from wrapped_assets.storage import rebucketing, tables
from wrapped_assets.storage.rebucketing import rebucket
from wrapped_assets.storage.registry import find_listener
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.rights.worlds import files_that_name
from wrapped_assets_tests.small_roots import KEY, copy_root, import_text

World = Callable[[int], Root]


def published(root: Root) -> dict[tuple[object, ...], pl.DataFrame]:
    """Every table of every publication."""
    listed = tables.publication_cells
    with root.engine.connect() as connection:
        found = connection.execute(sa.select(listed.c.number, listed.c.asset, listed.c.period, listed.c.bucket, listed.c.path))
        return {tuple(key): pl.read_parquet(root.path / path) for *key, path in found}


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = Root.open_or_make(tmp_path_factory.mktemp("two") / "root", 1, KEY)
    import_text(root, "ana", "2025-03-01 eple*3 walk, 2025-03-02 secret_of_ana/only_her_band*2")
    import_text(root, "bo", "2025-03-01 eple*2 rain, 2025-03-02 secret_of_bo/only_his_band*2")
    assert build(Project(root)).failed == []
    publish_edition(Project(root), 2025)
    root.engine.dispose()
    return root.path


@pytest.mark.parametrize("is_built", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_an_edition_of_before_keeps_what_others_of_the_old_bucket_heard(two: Path, tmp_path: Path, *, is_built: bool) -> None:
    _erased_alike(Root.open(copy_root(two, tmp_path / "root")), tmp_path, is_built=is_built)


@pytest.mark.slow
@pytest.mark.parametrize("is_built", [False, True])
def test_also_with_environments_a_rollback_and_people_who_are_named(world: World, tmp_path: Path, *, is_built: bool) -> None:
    _erased_alike(world(1), tmp_path, is_built=is_built)


def _erased_alike(root: Root, tmp_path: Path, *, is_built: bool) -> None:
    """Erases in a divided root, and in one that was not divided: the publications are the same."""
    other = Root.open(copy_root(root.path, tmp_path / "undivided"))
    rebucket(root, 4, EDGE)
    if is_built:
        assert build(Project(root)).failed == []
    for each in (root, other):
        assert not erase(Project(each), find_listener(each, "bo")).residue.hits
        assert files_that_name(each, "bo") == []
    now, wanted = published(root), published(other)
    assert now.keys() == wanted.keys()
    assert {key for key in wanted if not now[key].equals(wanted[key])} == set()
    other.engine.dispose()


def test_a_listener_keeps_the_tracks_that_an_erased_one_of_the_bucket_heard_alike(tmp_path: Path) -> None:
    root = Root.open_or_make(tmp_path / "root", 1, KEY)
    for name in ("ana", "bo"):
        import_text(root, name, "2025-08-10 eple*2 rain")
    build(Project(root))
    before = landed_rows(root, find_listener(root, "bo"))
    erase(Project(root), find_listener(root, "ana"))
    assert landed_rows(root, find_listener(root, "bo")).equals(before)
    assert before["recording_name"].null_count() == 0


class Killed(BaseException):
    """In the place of a signal that nothing can catch."""


def test_an_erasure_takes_what_a_killed_division_left_and_the_division_begins_anew(two: Path, tmp_path: Path) -> None:
    root = Root.open(copy_root(two, tmp_path / "root"))
    with patch.object(rebucketing, "_switch", side_effect=Killed), pytest.raises(Killed):
        rebucket(root, 4, EDGE)
    assert list((root.path / "landing" / "rebucketing").rglob("*.json"))
    assert not erase(Project(root), find_listener(root, "bo")).residue.hits
    assert not list((root.path / "landing" / "rebucketing").rglob("*.json"))
    assert files_that_name(root, "bo") == []
    assert rebucket(root, None, EDGE).after == 4
    assert build(Project(root)).failed == []
    assert files_that_name(root, "bo") == []
