"""Spans of months: the year's functions over other months, asked for, kept and recomputed like every cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from wrapped_assets.building.build import BuildReport, build
from wrapped_assets.building.glance import Glance
from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.building.spans import build_span, cells_in, with_spans
from wrapped_assets.contracts.graph import project_graph, whole_graph
from wrapped_assets.planning.plan import make_plan
from wrapped_assets.storage import manifest, publications, registry
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.spans import ask_span, asked_spans, forget_span
from wrapped_assets.vocabulary.periods import Cell, is_span
from wrapped_assets_tests.small_roots import KEY, SMALL_PLAYS, import_small, import_text, versions


def _ask(root: Root, *names: str) -> BuildReport:
    for name in names:
        ask_span(root, name)
    return build(Project(root))


def _rows(root: Root, asset: str, period: str) -> pl.DataFrame:
    found = [stored.path for cell, stored in manifest.load_cells(root, [asset], [period]).items()]
    return pl.concat([pl.read_parquet(root.path / path) for path in found])


def _periods(root: Root) -> set[str]:
    return {cell.period for cell in manifest.load_cells(root) if is_span(cell.period)}


@pytest.mark.parametrize(("name", "year"), [("2025-01..2025-12", "2025"), pytest.param("2024-01..2024-12", "2024", marks=pytest.mark.slow)])
def test_the_twelve_months_of_a_year_give_the_rows_of_the_year(household: Root, name: str, year: str) -> None:
    _ask(household, name)
    stored, graph = manifest.load_cells(household), whole_graph()
    spans = [found for cell, found in stored.items() if cell.period == name]
    pairs = [(span, stored[Cell(graph.by_key[span.cell.asset].year, year, span.cell.bucket)]) for span in spans]
    assert len(pairs) > 40
    assert [str(span.cell) for span, of_year in pairs if span.data_version != of_year.data_version] == []
    assert sum(span.row_count for span, _ in pairs) > 3000


def _listens(root: Root) -> Iterator[tuple[int, int, str]]:
    for cell, stored in sorted(manifest.load_cells(root, ["listens/listens"]).items(), key=lambda item: str(item[0])):
        rows = pl.read_parquet(root.path / stored.path).sort("listened_at")
        yield from ((row["listener_id"], row["recording_id"], cell.period) for row in rows.to_dicts())


@pytest.mark.parametrize(("name", "months"), [
    ("2025-03", ("2025-03", "2025-03")), ("2025-01", ("2025-01", "2025-01")), ("2024-12..2025-02", ("2024-12", "2025-02")),
    ("2020s", ("2023-12", "2025-11")), ("all", ("2023-12", "2025-11")), ("2025-to-date", ("2025-01", "2025-11")),
])  # fmt: skip
def test_a_span_counts_what_a_slow_count_of_its_months_counts(small: Root, name: str, months: tuple[str, str]) -> None:
    _ask(small, name)
    period = "..".join(months)
    counts: Counter[tuple[int, int]] = Counter()
    known: set[tuple[int, int]] = set()
    new: Counter[int] = Counter()
    for listener, recording, month in _listens(small):
        if months[0] <= month <= months[1]:
            counts[listener, recording] += 1
            new[listener] += (listener, recording) not in known
        known.add((listener, recording))
    tops = _rows(small, "spans/top_recordings", period)
    assert dict(zip(zip(tops["listener_id"], tops["recording_id"], strict=True), tops["listen_count"], strict=True)) == counts
    totals = _rows(small, "spans/listening_totals", period).filter(pl.col("listen_count") > 0)
    assert dict(totals.select("listener_id", "listen_count").iter_rows()) == Counter(listener for listener, _ in counts.elements())
    found = _rows(small, "spans/discoveries", period)
    assert {row: count for row, count in found.select("listener_id", "new_recording_count").iter_rows() if count} == +new


def test_what_is_new_in_a_month_was_heard_neither_in_an_earlier_month_nor_in_an_earlier_year(small: Root) -> None:
    import_text(small, "ana", "2024-06-01 dawn, 2025-02-03 dusk, 2025-06-01 dawn dusk noon")
    _ask(small, "2025-06")
    assert _rows(small, "spans/discoveries", "2025-06..2025-06")["new_recording_count"].to_list() == [1]


def test_nothing_of_spans_is_computed_until_one_is_asked_for(small: Root) -> None:
    situation = Project(small).situation()
    assert not any(is_span(cell.period) for cell in situation.expected())
    planned = make_plan(with_spans(Project(small), ["2025-03"]))
    assert {step.cell.period for step in planned.steps} == {"2025-01..2025-02", "2025-03..2025-03"}
    assert not make_plan(Project(small).situation()).steps
    assert asked_spans(small) == {}


def test_a_span_of_one_listener_is_computed_in_their_bucket_and_kept_up_to_date(small: Root) -> None:
    build_span(Project(small), "2025-03", 0)
    assert {cell.bucket for cell in manifest.load_cells(small) if is_span(cell.period)} == {0}
    import_text(small, "bo", "2025-03-09 walk*3")
    report = build(Project(small))
    assert any(cell.asset == "spans/top_recordings" for cell in report.recomputed)
    assert not make_plan(Project(small).situation()).steps


def test_a_change_makes_stale_the_spans_that_it_reaches_and_no_others(small: Root) -> None:
    names = ("2024-12", "2025-01", "2025-02", "2025-03", "2025-to-date")
    _ask(small, *names)
    before = versions(small)
    import_text(small, "ana", "2025-02-10 eple*2")
    report = build(Project(small))
    touched = {cell.period for cell in report.recomputed if is_span(cell.period)}
    assert touched == {"2025-02..2025-02", "2025-01..2025-02", "2025-01..2025-11", "2025-03..2025-03"}
    in_march = {cell.asset for cell in report.recomputed if cell.period == "2025-03..2025-03"}
    assert in_march == {"spans/comebacks"}  # which alone reads when an artist was heard last before
    after = versions(small)
    assert all(after[key] == before[key] for key in before if "2024-12..2024-12" in key or "2025-01..2025-01" in key)


@pytest.mark.slow
def test_edits_and_builds_give_the_cells_of_a_rebuild(tmp_path: Path, small: Root) -> None:
    _ask(small, "2025-03", "all", "2024-12..2025-02")
    import_text(small, "bo", "2025-02-10 eple*2 dawn, 2026-01-04 dusk")
    registry.set_edition(small, 2025, rules="spotify-compatible")
    build(Project(small))
    assert not make_plan(Project(small).situation()).steps
    fresh = Root.open_or_make(tmp_path / "fresh", 2, KEY)
    import_small(fresh, SMALL_PLAYS)
    import_text(fresh, "bo", "2025-02-10 eple*2 dawn, 2026-01-04 dusk")
    registry.set_edition(fresh, 2025, rules="spotify-compatible")
    _ask(fresh, "all", "2025-03", "2024-12..2025-02")
    assert versions(fresh) == versions(small)
    assert not make_plan(Project(fresh).situation()).steps


def test_all_time_follows_what_is_known_and_leaves_no_cells_behind(small: Root) -> None:
    _ask(small, "all")
    assert _periods(small) == {"2023-12..2025-11"}  # December has no earlier months
    import_text(small, "cy", "2026-02-03 moon*2")
    build(Project(small))
    assert _periods(small) == {"2023-12..2026-02"}
    assert forget_span(small, "all")
    build(Project(small))
    assert _periods(small) == set()


def test_a_window_moves_what_is_told_of_a_month(small: Root) -> None:
    _ask(small, "2025-11")
    registry.set_edition(small, 2025, rules="spotify-compatible")  # ends on 10 November; cy listened on the 20th
    build(Project(small))
    assert _rows(small, "spans/listening_totals", "2025-11..2025-11")["listen_count"].sum() == 0
    ask_span(small, "2025-12")
    with pytest.raises(ValueError, match=r"outside the window|after the last month"):
        Project(small).situation().span("2025-12")


def test_spans_are_no_part_of_an_edition(small: Root) -> None:
    _ask(small, "2025-03")
    publish_edition(Project(small), 2025)
    live = publications.live_edition(small, 2025)
    assert live
    assert not any(is_span(cell.period) or cell.asset.startswith("spans/") for cell in live.paths)


def test_a_glance_expects_the_cells_that_a_build_expects(small: Root) -> None:
    ask_span(small, "all")
    build_span(Project(small), "2025-03", 0)
    assert list(Glance(small).situation().expected()) == list(Project(small).situation().expected())
    assert cells_in(Glance(small).situation(), ["2025-03"], 0)


def test_a_span_has_the_function_of_its_year_and_only_what_months_can_tell() -> None:
    declared, whole = project_graph(), whole_graph()
    spans = {key: found for key, found in whole.by_key.items() if found.kind == "span_bucket"}
    assert whole.by_key.keys() == declared.by_key.keys() | spans.keys()
    assert all(found.function is declared.by_key[found.year].function for found in spans.values())
    assert {"spans/top_recordings", "spans/listening_totals", "spans/discoveries", "spans/your_top_songs"} <= spans.keys()
    assert spans.keys().isdisjoint({"spans/minutes_rank", "spans/listening_age", "spans/loyalty", "spans/chapters", "spans/quizzes"})
    assert {*whole.of_spans, *whole.of_earlier_months} == spans.keys()
