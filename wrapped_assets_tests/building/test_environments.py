"""A change tried beside what readers see: environments and diff."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from wrapped_assets.building.build import build
from wrapped_assets.building.difference import difference
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.planning.plan import make_plan
from wrapped_assets.storage import environments, manifest, registry, tables
from wrapped_assets.storage.records import Rebuilt, rebuild_manifest
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.small_roots import lake_files, versions


def trial_with_a_moved_cut_off(root: Root) -> Root:
    trial = root.within("trial")
    registry.set_edition(trial, 2025, window_end=date(2025, 2, 28))
    return trial


def test_an_environment_computes_only_what_differs_and_leaves_the_main_one_alone(small: Root) -> None:
    before, files = versions(small), lake_files(small)
    trial = trial_with_a_moved_cut_off(small)
    report = build(Project(trial))
    assert report.recomputed
    assert {cell.period[:4] for cell in report.recomputed} == {"2025"}
    assert len(report.recomputed) < len(before) / 2
    assert versions(small) == before
    assert {path: small_bytes for path, small_bytes in lake_files(small).items() if path in files} == files
    assert make_plan(Project(small).situation()).steps == []


def test_a_promoted_environment_is_what_a_build_of_the_main_one_would_have_made(small: Root, tmp_path) -> None:
    trial = trial_with_a_moved_cut_off(small)
    build(Project(trial))
    assert environments.environments(small)["trial"] > 0
    environments.promote(small, "trial")
    assert environments.environments(small) == {}
    assert registry.editions(small, [2025])[2025].rules.window_end == date(2025, 2, 28)
    assert make_plan(Project(small).situation()).steps == []
    promoted = versions(small)
    build(Project(small), full=True)
    assert versions(small) == promoted


def test_a_discarded_environment_leaves_no_file_and_no_row(small: Root) -> None:
    before, files = versions(small), lake_files(small)
    build(Project(trial_with_a_moved_cut_off(small)))
    assert set(lake_files(small)) > set(files)
    environments.discard(small, "trial")
    assert lake_files(small) == files
    assert versions(small) == before
    assert registry.editions(small, [2025])[2025].rules.window_end == date(2025, 12, 31)


def test_an_unknown_environment_and_an_impossible_name_are_input_errors(small: Root) -> None:
    with pytest.raises(InputError, match="no environment 'nowhere'"):
        environments.promote(small, "nowhere")
    for name in ("", "../x", "Capital", "a" * 64):
        with pytest.raises(InputError):
            small.within(name)


def test_diff_says_what_would_change_and_changes_nothing(small: Root) -> None:
    before, files = versions(small), lake_files(small)
    registry.set_edition(small, 2025, window_end=date(2025, 2, 28))
    report = difference(Project(small), {"insights/listening_totals", "insights/top_recordings"}, {"2025"}, 2, None)
    totals = next(each for each in report.differences if each.asset == "insights/listening_totals")
    assert report.failed == []
    assert report.listeners_sampled == 3
    assert totals.rows_before == totals.rows_after == 3
    assert totals.listeners_affected == 3  # each of them has plays after February
    assert totals.largest_movements["listen_count"] > 0
    assert versions(small) == before
    assert lake_files(small) == files
    assert environments.environments(small) == {}


def test_diff_of_an_unchanged_project_finds_nothing(small: Root) -> None:
    report = difference(Project(small), None, None, None, None)
    assert (report.cells_stale, report.differences) == (0, [])


def test_a_lost_manifest_is_rebuilt_from_the_records(small: Root) -> None:
    before = versions(small)
    with small.engine.begin() as connection:
        connection.execute(sa.delete(tables.cells))
    assert versions(small) == {}

    assert rebuild_manifest(small) == Rebuilt(len(before))
    assert versions(small) == before
    assert make_plan(Project(small).situation()).steps == []


def test_a_rebuilt_manifest_leaves_out_what_is_damaged(small: Root) -> None:

    damaged = next(stored for stored in manifest.load_cells(small).values() if stored.cell.asset == "insights/busiest_day")
    (small.path / damaged.path).write_bytes(b"not what was written")
    with small.engine.begin() as connection:
        connection.execute(sa.delete(tables.cells))
    assert rebuild_manifest(small).lost == [damaged.path]
    assert [step.cell for step in make_plan(Project(small).situation()).steps] == [damaged.cell]
