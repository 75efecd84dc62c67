"""A published edition's population stays: a late listener is ranked among it, and nobody else's figures move."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from wrapped_assets.building.build import build
from wrapped_assets.building.importing import import_paths
from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.storage import manifest, registry
from wrapped_assets.storage.buckets import bucket_of
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.periods import Cell
from wrapped_assets_tests.small_roots import KEY, copied


def land(root: Root, folder: Path, times: dict[str, int]) -> None:
    """Imports an event log in which each listener played one artist so many times."""
    rows = [(name, n, "eple", "royksopp", 180_000) for name, count in times.items() for n in range(count)]
    frame = pl.DataFrame(rows, schema=["listener", "minute", "recording_name", "artist_name", "ms_played"], orient="row")
    start = pl.datetime(2025, 3, 1, 12, time_zone="UTC")
    folder.mkdir()
    frame.select(pl.exclude("minute"), listened_at=start + pl.duration(minutes=pl.col("minute") * 4)).write_parquet(folder / "log.parquet")
    import_paths(root, [folder], None)


def ranks(root: Root) -> dict[int, int]:
    """listener_id → fan rank."""
    stored = [found for cell, found in manifest.load_cells(root).items() if cell.asset == "insights/fan_rank" and cell.period == "2025"]
    rows = pl.concat(pl.read_parquet(root.path / found.path) for found in stored)
    return dict(rows.select("listener_id", "fan_rank").iter_rows())


@pytest.fixture(scope="module")
def _published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("frozen")
    found = Root.open_or_make(folder / "root", 2, KEY)
    land(found, folder / "first", {f"fan {n:03}": 1 + n % 10 for n in range(100)})
    build(Project(found))
    publish_edition(Project(found), 2025)
    found.engine.dispose()
    return found.path


@pytest.fixture
def root(_published: Path, tmp_path: Path) -> Iterator[Root]:
    """A hundred listeners in two buckets, built and published."""
    yield from copied(_published, tmp_path / "root")


def test_a_late_listener_has_a_rank_and_changes_nobody_elses(root: Root, tmp_path: Path) -> None:
    before, cells = ranks(root), manifest.load_cells(root)
    land(root, tmp_path / "late", {"late": 7})
    computed = set(build(Project(root)).recomputed)
    late = root.surrogate("late")
    after = ranks(root)
    assert after.pop(late) == 1 + 30  # thirty have more than seven
    assert after == before
    of_year = {cell for cell in computed if cell.period == "2025"}
    assert {cell.bucket for cell in of_year} <= {bucket_of(root, late), None}
    assert not any(project_graph().by_key[cell.asset].freezes for cell in of_year)
    ladder = Cell("population/fan_ladder", "2025", None)
    assert manifest.load_cells(root)[ladder].path == cells[ladder].path


def test_a_thawed_edition_ranks_everybody_anew(root: Root, tmp_path: Path) -> None:
    before = ranks(root)
    land(root, tmp_path / "late", {"late": 11})
    registry.set_edition(root, 2025, is_frozen=False)
    build(Project(root))
    after = ranks(root)
    assert after.pop(root.surrogate("late")) == 1
    assert after == {listener: rank + 1 for listener, rank in before.items()}


def test_a_frozen_figure_whose_file_is_lost_is_never_restated(root: Root, tmp_path: Path) -> None:
    """Eleven listeners once became twelve, and nobody was told."""
    ladder = Cell("population/fan_ladder", "2025", None)
    stored = manifest.load_cells(root)[ladder]
    content = (root.path / stored.path).read_bytes()
    (root.path / stored.path).unlink()
    assert build(Project(root)).failed == [], "computed from the same plays it has the same rows"
    assert (root.path / stored.path).read_bytes() == content
    land(root, tmp_path / "late", {"late": 7})
    (root.path / stored.path).unlink()
    for lose in (False, True):
        if lose:
            manifest.forget_cells(root, [ladder])
        failed = dict(build(Project(root)).failed)
        assert "restore the file from a backup" in failed[ladder]
        assert "wrapped edition set 2025 --thawed" in failed[ladder]
        assert not list((root.path / "lake" / "population" / "fan_ladder" / "2025").iterdir()), "nothing else is put in its place"
    registry.set_edition(root, 2025, is_frozen=False)
    assert build(Project(root)).failed == []
    assert publish_edition(Project(root), 2025).number == 2
