"""What a change costs: exactly the cells that it can reach, and the same bytes as a rebuild from nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from wrapped_assets.building.build import BuildReport, build
from wrapped_assets.building.excluding import target_of
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.graph import graph_of, project_graph
from wrapped_assets.kernels.ranking import first_per
from wrapped_assets.planning.plan import make_plan
from wrapped_assets.planning.situation import cells_of
from wrapped_assets.storage import manifest, registry
from wrapped_assets.storage.buckets import bucket_of
from wrapped_assets.storage.cell_files import CellRows, write_cells
from wrapped_assets.storage.cell_notes import is_of
from wrapped_assets.storage.cell_paths import is_path_of
from wrapped_assets.storage.files import PACKED
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.periods import Cell
from wrapped_assets_tests.other_logic import project_of
from wrapped_assets_tests.small_roots import KEY, SMALL_PLAYS, import_small, import_text, lake_files, versions

TIGHT = 19  # the level at which other code might compress
STAGES = project_graph().stages  # from the second on, listeners are compared with figures over all of them


def cells(report: BuildReport) -> set[Cell]:
    return set(report.recomputed)


def alone(found: set[Cell]) -> set[Cell]:
    """Those that compare nobody with anybody."""
    return {cell for cell in found if STAGES[cell.asset] <= 1}


def rebuilt(path: Path, plays: dict[str, str], **then: object) -> Root:
    root = Root.open_or_make(path, 2, KEY)
    import_small(root, plays)
    return root


def test_a_second_build_does_nothing(small: Root) -> None:
    before = lake_files(small)
    report = build(Project(small))
    assert (report.recomputed, report.cut_off, report.failed) == ([], [], [])
    assert report.unchanged == len(versions(small))
    assert lake_files(small) == before


def test_two_roots_of_one_key_are_the_same_bytes(small: Root, tmp_path: Path) -> None:
    root = rebuilt(tmp_path / "again", dict(reversed(SMALL_PLAYS.items())))
    build(Project(root))
    assert lake_files(root) == lake_files(small)
    assert lake_files(root, "landing") == lake_files(small, "landing")


def test_a_full_build_computes_everything_and_changes_no_byte(small: Root) -> None:
    before = lake_files(small)
    report = build(Project(small), full=True)
    assert len(report.recomputed) == len(versions(small))
    assert report.cut_off == []
    assert lake_files(small) == before


def _with_engine(root: Root, name: str) -> Project:
    """The project as another version of the engine would see it."""
    project = Project(root)
    project.logic_parts = {key: {**parts, "engine writing": name} for key, parts in project.logic_parts.items()}
    return project


def test_rows_written_by_other_code_get_a_file_of_their_own_where_the_bytes_differ(small: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    first = lake_files(small)
    cell, known = next((cell, found) for cell, found in manifest.load_cells(small).items() if found.row_count)
    rows = pl.read_parquet(small.path / known.path)
    ours, others = (CellRows.of(cell, rows, known, is_other_code=is_other_code) for is_other_code in (False, True))
    assert not write_cells(small, [others])[0].is_new
    monkeypatch.setitem(PACKED, "compression_level", TIGHT)
    assert write_cells(small, [ours])[0].path == known.path
    assert lake_files(small) == first
    (again,) = write_cells(small, [others])
    assert again.file_hash != known.file_hash
    assert is_path_of(again.path, cell, known.data_version)
    assert is_of(small.path / again.path, again.path, cell, known.data_version)
    assert lake_files(small) == first | {again.path: (small.path / again.path).read_bytes()}


@pytest.mark.slow
def test_rows_that_another_engine_writes_are_written_again(small: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, afresh = lake_files(small), rebuilt(tmp_path / "again", SMALL_PLAYS)
    with monkeypatch.context() as other:
        other.setitem(PACKED, "compression_level", TIGHT)
        report = build(_with_engine(small, "other"))
        build(_with_engine(afresh, "other"))
    assert (len(report.recomputed), report.cut_off, report.failed) == (len(versions(small)), [], [])
    assert sorted(lake_files(small).values()) == sorted(lake_files(afresh).values())
    assert sorted(lake_files(small).values()) != sorted(first.values())
    assert not make_plan(_with_engine(small, "other").situation()).steps
    build(Project(small))
    assert lake_files(small) == first


def test_a_late_export_touches_its_months_and_bucket_and_what_reads_them(small: Root, tmp_path: Path) -> None:
    late = "2025-03-15 late*2"
    import_text(small, "bo", late)
    report = build(Project(small))
    assert {(cell.period, cell.bucket) for cell in alone(cells(report))} <= {("2025-03", 0), ("2025", 0), ("2025", None)}
    assert Cell("listens/listens", "2025-03", 0) in cells(report)
    assert Cell("insights/listening_totals", "2025", 0) in cells(report)
    afresh = rebuilt(tmp_path / "afresh", SMALL_PLAYS)
    import_text(afresh, "bo", late)
    build(Project(afresh))
    assert versions(afresh) == versions(small)


def test_a_late_export_of_an_early_year_reaches_later_years_through_histories_alone(small: Root) -> None:
    import_text(small, "cy", "2024-06-02 eple")
    later = {cell.asset for cell in cells(build(Project(small))) if cell.period == "2025"}
    assert "insights/listening_totals" not in later
    assert "insights/listening_clock" not in later


def test_years_between_that_get_plays_late_are_read_by_the_next_year_alone(tmp_path: Path) -> None:
    early, late = "2019-05-01 eple*2, 2025-05-01 eple so_here", "2022-05-01 so_here walk"
    histories = {f"aggregates/{name}" for name in ("recording_history", "artist_history", "new_recordings", "new_artists")}

    def built(root: Root) -> BuildReport:
        return build(Project(root), lambda situation: cells_of(situation, histories, None))

    root = rebuilt(tmp_path / "first", {"ana": early})
    built(root)
    assert {cell.period for cell in manifest.load_cells(root)} == {"2019-05", "2019", "2025-05", "2025"}
    import_text(root, "ana", late)
    assert {cell.period for cell in cells(built(root))} == {"2022-05", "2022", "2025"}
    rows = {(cell.asset, cell.period): stored.row_count for cell, stored in manifest.load_cells(root).items()}
    assert [rows["aggregates/recording_history", year] for year in ("2019", "2022", "2025")] == [1, 3, 3]
    assert [rows["aggregates/new_recordings", year] for year in ("2019", "2022", "2025")] == [1, 2, 0]
    afresh = rebuilt(tmp_path / "afresh", {"ana": late})
    import_text(afresh, "ana", early)
    built(afresh)
    assert versions(afresh) == versions(root)


def test_the_same_export_again_recomputes_nothing(small: Root) -> None:
    before = lake_files(small, "landing")
    reports = import_small(small, SMALL_PLAYS)
    assert [report.accepted for report in reports.values()] == [0, 0, 0]
    assert build(Project(small)).recomputed == []
    assert lake_files(small, "landing") == before


def test_an_exclusion_touches_that_listeners_bucket_alone(small: Root) -> None:
    ana = registry.find_listener(small, "ana")
    before = versions(small)
    registry.exclude(small, ana, "artist", target_of("artist", "artist of eple"), "artist of eple")
    report = build(Project(small))
    assert {cell.bucket for cell in alone(cells(report))} <= {0, None}
    after = versions(small)
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed
    assert all("|b001" not in name for name in changed if STAGES[name.split()[0]] <= 1)


def test_a_time_zone_touches_that_listeners_bucket_alone(small: Root, tmp_path: Path) -> None:
    import_text(small, "cy", SMALL_PLAYS["cy"], "Pacific/Honolulu")
    report = build(Project(small))
    assert {cell.bucket for cell in alone(cells(report))} <= {1, None}
    afresh = Root.open_or_make(tmp_path / "afresh", 2, KEY)
    for name, text in SMALL_PLAYS.items():
        import_text(afresh, name, text, "Pacific/Honolulu" if name == "cy" else None)
    build(Project(afresh))
    assert versions(afresh) == versions(small)
    assert lake_files(afresh) == lake_files(small), "files of months that the clock no longer reaches are gone"


def test_a_newcomer_in_the_same_bucket_touches_only_months_with_new_plays(small: Root) -> None:
    name = next(name for name in map("new{}".format, range(99)) if bucket_of(small, small.surrogate(name)) == 1)
    import_text(small, name, "2024-06-20 eple")
    months = {cell.period for cell in cells(build(Project(small))) if len(cell.period) == 7}
    assert months == {"2024-06"}


def test_a_cut_off_touches_the_months_it_moves_over_and_its_edition(small: Root) -> None:
    registry.set_edition(small, 2025, window_end=date(2025, 11, 10))
    periods = {cell.period for cell in cells(build(Project(small)))}
    assert periods == {"2025-11", "2025"}


def test_rules_of_2025_touch_2025_alone(small: Root) -> None:
    registry.set_edition(small, 2025, rules="listenbrainz-compatible")
    report = build(Project(small))
    assert {cell.period[:4] for cell in cells(report)} == {"2025"}
    registry.set_edition(small, 2025, rules="default")
    build(Project(small))
    assert build(Project(small)).recomputed == []


def other_busiest_day(listener_days: pl.LazyFrame) -> pl.LazyFrame:
    """The first day instead of the busiest."""
    return first_per(listener_days.filter(pl.col("listen_count") > 0), "listener_id", order=["local_date"]).with_columns(
        minutes=pl.lit(1.0)
    )


def changed(small: Root) -> Project:
    """The project with another function behind one insight."""
    graph = project_graph()
    found = graph.by_key["insights/busiest_day"]
    return project_of(
        small, graph_of([replace(each, function=other_busiest_day) if each is found else each for each in graph.by_key.values()])
    )


def test_the_logic_of_one_insight_touches_that_insight_alone_and_back_again(small: Root) -> None:
    before = lake_files(small)
    readers = project_graph().downstream("insights/busiest_day")
    report = build(changed(small))
    assert {cell.asset for cell in cells(report)} <= {"insights/busiest_day", *readers}
    assert {cell.reason for cell in manifest.load_cells(small, assets=["insights/busiest_day"]).values()} == {"logic"}
    assert lake_files(small) != before
    build(Project(small))
    assert lake_files(small) == before


def test_an_asset_that_is_no_longer_declared_leaves_the_lake(small: Root) -> None:
    graph = project_graph()
    smaller = graph_of([each for each in graph.by_key.values() if each.key != "insights/busiest_day"])
    build(Project(small, smaller))
    assert not [name for name in lake_files(small) if "busiest_day" in name]
    assert not [name for name in versions(small) if "busiest_day" in name]


@pytest.mark.parametrize("period", ["2025", "2024"])
def test_a_build_of_one_year_leaves_the_others_as_they_are(small: Root, period: str) -> None:
    project = changed(small)
    report = build(project, lambda situation: {cell for cell in situation.expected() if cell.period[:4] == period})
    assert {cell.period for cell in cells(report)} == {period}


@pytest.mark.slow
def test_what_is_computed_from_files_is_what_was_computed_from_memory(household: Root) -> None:
    before = versions(household)
    over_all = [key for key, declaration in project_graph().by_key.items() if declaration.kind == "year"]
    for key in over_all:  # each alone, so that all that it needs is read
        report = build(Project(household), lambda situation, key=key: cells_of(situation, {key}, None), full=True)  # type: ignore[misc]
        assert report.recomputed
    assert versions(household) == before
