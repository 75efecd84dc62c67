"""`--month` and `--span`: stories and playlists of other months than a year, and what is said of months that cannot be told."""

from __future__ import annotations

import json
import re
from pathlib import Path

import polars as pl
import pytest

from wrapped_assets.storage import manifest
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.spans import asked_spans
from wrapped_assets_tests.commands.running import document, run
from wrapped_assets_tests.small_roots import import_text

ABOUT_YEARS = re.compile(r"\byears?\b")
MAY_SAY = re.compile(r"the year that you played most|how a year began")


@pytest.mark.slow
def test_a_month_is_told_without_a_word_of_a_year_and_against_the_month_a_year_earlier(household: Root, tmp_path: Path) -> None:
    data = household.path
    told = run(data, "story", "--listener", "mira", "--month", "2025-03").stdout
    assert "mira · March 2025\n" in told
    assert "182 listens" in told
    assert "+77% on March 2024" in told
    assert not ABOUT_YEARS.search(MAY_SAY.sub("", told))
    assert "month by month" not in told
    story = document(data, "story", "--listener", "mira", "--month", "2025-03")
    assert (story["span"], story["months"]) == ("2025-03", {"from": "2025-03", "until": "2025-03"})
    assert story["window"] == {"from": "2025-03-01", "until": "2025-03-31"}
    assert story["before"]["title"] == "March 2024"
    for locale, title in (("de", "März 2025"), ("es", "marzo de 2025"), ("ja", "2025年3月")):
        assert title in run(data, "story", "--listener", "mira", "--month", "2025-03", "--locale", locale).stdout
    page = tmp_path / "page.html"
    run(data, "story", "--listener", "mira", "--span", "all", "--format", "html", "--out", page)
    assert '<span class="year words">All time</span>' in page.read_text()
    assert "2020s" in run(data, "story", "--listener", "oskar", "--span", "2020s").stdout

    wanted = ("playlist", "your_top_songs", "--listener", "mira", "--format", "m3u8")
    assert "#PLAYLIST:Your top songs March 2025\n" in run(data, *wanted, "--month", "2025-03").stdout
    assert "#PLAYLIST:Your top songs December 2024 – February 2025\n" in run(data, *wanted, "--span", "2024-12..2025-02").stdout
    rows = json.loads(run(data, "show", "spans/top_recordings", "--span", "2025-03", "--listener", "mira", "--json").stdout)
    assert [row["recording_rank"] for row in rows[:3]] == [1, 2, 3]
    assert sum(row["listen_count"] for row in rows) == 182
    assert run(data, "plan").stdout.startswith("Nothing to do")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--month", "2025-13"], "expected a month as YYYY-MM"), (["--month", "2025"], "expected a month as YYYY-MM"),
        (["--span", "2025-13"], "expected a month (2025-03)"), (["--span", "2025-03.."], "expected a month (2025-03)"),
        (["--span", "2025-05..2025-02"], "ends before it begins: write 2025-02..2025-05"),
        (["--month", "2031-01"], "after the last month with plays, 2025-11"), (["--span", "2030s"], "after the last month"),
        (["--month", "2001-01"], "before the first month with plays, 2023-12"), (["--span", "2012-to-date"], "before the first month"),
        (["--span", "2025-10..2026-02"], "beyond the months with plays, 2023-12..2025-11: write 2025-10..2025-11"),
        (["--month", "2024-02"], "before the listener's first play"),
        (["--month", "2025-03", "--year", "2025"], "one of --year, --month and --span"), ([], "one of --year, --month and --span"),
    ],
)
def test_months_that_cannot_be_told_are_refused_and_nothing_is_kept_of_them(small: Root, options: list[str], says: str) -> None:
    listener = "cy" if "2024-02" in options else "ana"
    assert says in run(small.path, "story", "--listener", listener, *options, code=2).stderr
    assert set(asked_spans(small)) <= {"2024-02"}


def test_a_month_without_a_play_between_others_is_a_small_story(small: Root) -> None:
    assert "No listens in this window" in run(small.path, "story", "--listener", "ana", "--month", "2025-02").stdout


def test_a_span_is_planned_built_explained_and_kept(small: Root) -> None:
    planned = document(small.path, "plan", "--span", "2025-03")
    assert {step["partition"] for step in planned["steps"]} >= {"2025-03..2025-03|b000"}
    assert asked_spans(small) == {}
    built = document(small.path, "build", "--span", "2025-03", "--select", "spans/top_recordings")
    assert {cell["asset"] for cell in built["recomputed"]} == {"spans/top_recordings", "spans/recording_years"}
    import_text(small, "ana", "2025-03-20 eple*9")
    assert "spans/top_recordings" in {cell["asset"] for cell in document(small.path, "build")["recomputed"]}
    assert "fresh" in run(small.path, "explain", "spans/top_recordings", "2025-03..2025-03|b000").stdout
    assert "expected a month" in run(small.path, "plan", "--span", "soon", code=2).stderr
    assert "give one of them" in run(small.path, "build", "--span", "all", "--year", 2025, code=2).stderr


def test_spans_are_listed_and_forgotten_with_their_cells(small: Root) -> None:
    assert "No span was asked for" in run(small.path, "spans").stdout
    run(small.path, "build", "--span", "2025-03", "--span", "all")
    assert [(each["name"], each["months"], each["buckets"]) for each in document(small.path, "spans")["spans"]] == [
        ("2025-03", "2025-03..2025-03", None), ("all", "2023-12..2025-11", None),
    ]  # fmt: skip
    run(small.path, "spans", "--forget", "all")
    left = {cell.period for cell in manifest.load_cells(small) if cell.asset.startswith("spans/")}
    assert left == {"2025-03..2025-03", "2025-01..2025-02"}
    assert run(small.path, "plan").stdout.startswith("Nothing to do")
    assert "those that were: 2025-03" in run(small.path, "spans", "--forget", "2020s", code=2).stderr


def test_spans_are_repaired_from_their_records(small: Root) -> None:
    run(small.path, "build", "--span", "2025-03")
    before = {cell: stored.data_version for cell, stored in manifest.load_cells(small).items()}
    manifest.forget_cells(small, [cell for cell in before if cell.asset.startswith("spans/")])
    run(small.path, "repair")
    assert {cell: stored.data_version for cell, stored in manifest.load_cells(small).items()} == before


def test_an_erased_listener_is_in_no_span(small: Root) -> None:
    run(small.path, "build", "--span", "all")
    run(small.path, "erase", "ana", "--yes")
    run(small.path, "build")  # all time begins later without ana
    paths = [stored.path for cell, stored in manifest.load_cells(small).items() if cell.asset.startswith("spans/")]
    assert len({listener for path in paths for listener in _ids(small, path)}) == 2


def test_own_data_holds_the_rows_of_spans_with_their_months(small: Root, tmp_path: Path) -> None:
    run(small.path, "build", "--span", "2025-03")
    run(small.path, "own-data", "ana", "--out", tmp_path / "own")
    (table,) = (tmp_path / "own").rglob("top_recordings_of_span.json")
    rows = json.loads(table.read_text())
    assert {(row["first_month"], row["last_month"]) for row in rows} == {("2025-03", "2025-03")}


def _ids(root: Root, path: str) -> set[int]:
    frame = pl.read_parquet(root.path / path)
    return set(frame["listener_id"]) if "listener_id" in frame.columns else set()
