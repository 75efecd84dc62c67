"""Damage is noticed and repaired where the lake can repair itself, and said where only a backup can."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wrapped_assets.building.build import BuildReport, build
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.storage import manifest
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.periods import Cell
from wrapped_assets_tests.small_roots import import_text, lake_files, versions


def spoil(path: Path) -> None:
    """Changes one byte in the middle; the size stays."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def path_of(root: Root, asset: str, period: str, bucket: int | None) -> Path:
    return root.path / manifest.load_cells(root)[Cell(asset, period, bucket)].path


def names(report: BuildReport) -> set[str]:
    return {str(cell) for cell in report.recomputed}


def test_a_deleted_file_is_made_again_and_nothing_else(small: Root) -> None:
    before, bytes_before = versions(small), lake_files(small)
    path_of(small, "aggregates/listener_days", "2025-03", 0).unlink()
    report = build(Project(small))
    assert names(report) == {"aggregates/listener_days 2025-03|b000"}
    assert versions(small) == before
    assert lake_files(small) == bytes_before


def test_a_file_cut_short_is_made_again(small: Root) -> None:
    path = path_of(small, "insights/top_artists", "2025", 0)
    before = path.read_bytes()
    path.write_bytes(before[:-9])
    assert names(build(Project(small))) == {"insights/top_artists 2025|b000"}
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "damaged",
    [
        [("aggregates/listener_days", "2025-03", 0)],
        [("catalogue/tracks", "2025-03", 0), ("listens/listens", "2025-03", 0)],
        [("aggregates/artist_months", "2025-01", 1), ("aggregates/recording_months", "2025-01", 1), ("catalogue/tracks", "2025-11", 1)],
    ],
    ids=["one", "an input of an input", "several"],
)
def test_files_with_a_changed_byte_are_made_again_when_they_are_read(small: Root, damaged: list[tuple[str, str, int | None]]) -> None:
    before = lake_files(small)
    for cell in damaged:
        spoil(path_of(small, *cell))
    report = build(Project(small), full=True)
    assert report.failed == []
    assert lake_files(small) == before


def test_a_damaged_input_of_the_same_month_is_made_again(small: Root) -> None:
    """Only what reads it is stale, so that the month's own unit meets the damage."""
    before = lake_files(small)
    path_of(small, "aggregates/listener_days", "2025-03", 0).unlink()
    spoil(path_of(small, "listens/listens", "2025-03", 0))
    report = build(Project(small))
    assert report.failed == []
    assert lake_files(small) == before


def test_a_damaged_input_of_an_insight_is_made_again(small: Root) -> None:
    before = lake_files(small)
    path_of(small, "insights/listening_totals", "2025", 0).unlink()
    for month in ("2025-01", "2025-03"):
        for asset in ("listener_days", "artist_months", "recording_months", "release_group_months", "outcomes"):
            spoil(path_of(small, f"aggregates/{asset}", month, 0))
        spoil(path_of(small, "listens/listens", month, 0))
    report = build(Project(small))
    assert report.failed == []
    after = lake_files(small)
    read = {found.asset for found in Project(small).graph.find("listening_totals").reads}
    assert {name for name in before if before[name] != after[name] and name.split("/")[2] in {*read, "listening_totals"}} == set()


def test_a_damaged_landed_file_is_said_without_a_listeners_data(small: Root) -> None:
    before = versions(small)
    landed = sorted((small.path / "landing" / "plays" / "2025-01" / "b000").rglob("*.parquet"))
    spoil(landed[0])
    report = build(Project(small))
    assert report.recomputed == [], "what is built does not need it"
    report = build(Project(small), full=True)
    failures = [error for cell, error in report.failed if cell.asset == "catalogue/tracks" or "landed" in error]
    assert failures
    assert all(re.search(r"landed file of 2025-01\|b00\d is missing or damaged .* import the export again", error) for error in failures)
    assert "eple" not in str(report.failed)
    stages = project_graph().stages  # from the second on, cells read figures over all buckets
    assert {cell.bucket for cell, _ in report.failed if stages[cell.asset] <= 1} <= {0, None}
    assert any(cell.bucket == 1 for cell in report.recomputed), "what does not read it is computed"
    assert versions(small) == before


def test_importing_the_export_again_repairs_a_damaged_landed_file(small: Root) -> None:
    before = lake_files(small, "landing")
    text = "2024-06-01 eple rain, 2025-01-31 night@22:00*5, 2025-11-20 moon*2 eple"
    for path in sorted((small.path / "landing" / "plays" / "2025-11").rglob("*.parquet")):
        spoil(path)
    report = import_text(small, "cy", text)
    assert (report.accepted, report.duplicate) == (0, 10)
    assert lake_files(small, "landing") == before
    assert build(Project(small), full=True).failed == []
