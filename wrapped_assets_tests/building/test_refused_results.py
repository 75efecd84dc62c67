"""A result that breaks its declaration is refused where it is built, with the place of the declaration, and without a value of anybody."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import Mock

import polars as pl
import pytest

from wrapped_assets.building.build import build
from wrapped_assets.building.situate import Project
from wrapped_assets.building.unit import Unit
from wrapped_assets.kernels.lossless import is_lossless
from wrapped_assets.storage import manifest
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.columns import BY_NAME
from wrapped_assets.vocabulary.limits import limits_of
from wrapped_assets_tests.contracts.written import ARTIST_INSIGHT, INSIGHT, Write, place, write
from wrapped_assets_tests.small_roots import KEY, SMALL_PLAYS, import_small

__all__ = ["write"]

SUM = 'agg(pl.col("listen_count").sum())'
RETURN = f'    return late.group_by("listener_id").{SUM}'
COLUMNS = "columns=[c.listen_count]"
SHARE = (
    INSIGHT.replace(COLUMNS, "columns=[c.night_share]")
    .replace("listen_count:listens", "night_share")
    .replace('"listen_count": 2', '"night_share": 1.0')
)
# mistake: (the file, what is written, what is written instead, what the message points to, what it says)
MISTAKES: dict[str, tuple[str, str, str, str, str]] = {
    "a text in a count": (
        INSIGHT, SUM, 'agg(listen_count=pl.lit("2"))', "c.listen_count]",
        "the column 'listen_count' came as String, the dictionary says Int64: a cast could lose or change values; return Int64",
    ),
    "a float in a count": (
        INSIGHT, SUM, 'agg(pl.col("listen_count").sum() * 1.5)', "c.listen_count]",
        "came as Float64, the dictionary says Int64: a cast would cut off fractions; round in the function, `.round().cast(pl.Int64)`",
    ),
    "a yes or no in a count": (INSIGHT, SUM, 'agg(listen_count=pl.lit(True))', "c.listen_count]", "a yes or no is no number; count with `.sum()`"),
    "a count that does not fit": (
        INSIGHT, SUM, "agg(listen_count=pl.lit(2**63, pl.UInt64))", "", "InvalidOperationError: an operation or a cast that a column's type, or one",
    ),
    "a negative count": (INSIGHT, SUM, 'agg(-pl.col("listen_count").sum())', "c.listen_count]", "listen_count is below 0; the dictionary says 'Plays that"),
    "a count that is null": (
        INSIGHT, SUM, "agg(listen_count=pl.lit(None, pl.Int64))", "c.listen_count]",
        "listen_count is null, and it is never null; fill it with 0 in the function, or declare `nullable=[c.listen_count]`",
    ),
    "a count with a type of its own": (
        INSIGHT, SUM, "agg(listen_count=pl.datetime(2025, 1, 1))", "c.listen_count]", "came as Datetime(time_unit='us', time_zone=None)",
    ),
    "an instant in place of a day": (
        INSIGHT.replace(COLUMNS, "columns=[c.local_date]").replace("{listen_count:listens}", "on {local_date}").replace('"listen_count": 2', '"local_date": "2026-03-01"'),
        SUM, 'agg(local_date=pl.lit("2025-01-01T10:00").str.to_datetime())', "c.local_date]", "the dictionary says Date: a cast could lose",
    ),
    "an instant without a zone": (
        INSIGHT.replace(COLUMNS, "columns=[c.first_listened_at]").replace("{listen_count:listens}", "").replace(', "listen_count": 2', ""),
        SUM, 'agg(first_listened_at=pl.datetime(2025, 1, 1).dt.cast_time_unit("ms"))', "c.first_listened_at]", "came as Datetime(time_unit='ms', time_zone=None)",
    ),
    "a share above one": (SHARE, SUM, 'agg(night_share=pl.lit(1.5))', "c.night_share]", "night_share is above 1; the dictionary says 'Share of listens from"),
    "a share of nothing": (SHARE, SUM, "agg(night_share=pl.lit(0.0) / pl.lit(0.0))", "c.night_share]", "night_share is NaN or infinite; divide only where"),
    "whole numbers as a share": (SHARE, SUM, "agg(night_share=pl.len().cast(pl.Int64))", "c.night_share]", "above 2^53 would lose digits; write `.cast(pl.Float64)`"),
    "a column that does not come": (INSIGHT, SUM, "agg(pl.len())", "c.listen_count]", "the result has no column 'listen_count', which `columns` declares; it has listener_id"),
    "a key twice": (INSIGHT, RETURN, "    return pl.concat([late, late])", "grain=", "a key of the grain ['listener_id'] occurs again; aggregate the rows"),
    "no frame at all": (INSIGHT, "    return late.", "    late.", "def late_nights", "the function returned a NoneType, expected a polars LazyFrame; write `return`"),
    "a frame that is computed": (INSIGHT, SUM, f"{SUM}.collect()", "def late_nights", "returned a DataFrame, expected a polars LazyFrame; leave `.collect()` out"),
    "a method that there is not": (INSIGHT, ".sum())", ".summ())", 'pl.col("listen_count").summ', "AttributeError: a Expr has no 'summ'; correct the name"),
    "a column that is not declared": (INSIGHT, 'pl.col("local_hour") <', 'pl.col("minutes") <', "", "the column 'minutes' is not declared: add it to `reads`"),
    "a column that is not made": (INSIGHT, 'pl.col("local_hour") <', 'pl.col("_late") <', "", "there is no column '_late' at this point; make it with"),
    "a rule that is not declared": (
        INSIGHT.replace(COLUMNS, f'{COLUMNS}, rules=["clock"]').replace("pl.LazyFrame) ->", "pl.LazyFrame, rules: object) ->"),
        "    late = ", "    early = rules.window_start\n    late = ", "rules.window_start", "the rule 'window_start' is not declared; add it to rules=[…], which has clock",
    ),
    "an error of any kind": (INSIGHT, "    late = ", '    {}["ana"]\n    late = ', '{}["ana"]', "KeyError; run its examples to see the error, `pytest -k late_nights`"),
}  # fmt: skip


def errors(root: Root, write: Write, text: str, *, examples: bool = False) -> set[str]:
    """What a build of the insight says, in a root whose other cells are fresh."""
    report = build(Project(root, write(text)), examples=examples)
    assert {cell.asset for cell, _ in report.failed} == {"insights/late_nights"}
    return {error for _, error in report.failed}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_result_is_refused_with_a_place_and_a_remedy(small: Root, write: Write, mistake: str) -> None:
    file, before, instead, pointed, said = MISTAKES[mistake]
    assert before in file
    text = file.replace(before, instead, 1)
    for message in errors(small, write, text):
        assert said in message
        assert message.startswith(place(text, pointed) if pointed else "late_nights.py:10: "), message
        assert not any(name in message for name in ("eple", "walk", "KeyError: "))
    assert not [cell for cell, found in manifest.load_cells(small).items() if cell.asset == "insights/late_nights" and found.row_count]


WRONG = INSIGHT.replace('"listen_count": 2}', '"listen_count": 3}')


def test_a_new_insight_whose_example_does_not_hold_is_not_built(small: Root, write: Write) -> None:
    (message,) = errors(small, write, WRONG, examples=True)
    assert message.startswith(place(WRONG, "expect="))
    assert (
        "expects {'listener_id': 'ana', 'listen_count': 3}, which did not come; {'listener_id': 'ana', 'listen_count': 2} came instead"
        in message
    )


def test_an_example_runs_while_its_asset_is_new_and_not_again(small: Root, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = write(INSIGHT)
    assert build(Project(small, graph), examples=True).failed == []
    monkeypatch.setattr("wrapped_assets.building.proving.differences", lambda *_: pytest.fail("an example ran"))
    assert build(Project(small, graph), full=True, examples=True).failed == []


def test_an_example_that_does_not_hold_stays_unproven(small: Root, write: Write) -> None:
    assert errors(small, write, WRONG, examples=True) == errors(small, write, WRONG, examples=True)


def test_no_example_runs_after_a_first_build_that_was_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Root.open_or_make(tmp_path / "root", 1, KEY)
    import_small(root, SMALL_PLAYS)
    with monkeypatch.context() as patch:
        patch.setattr(Unit, "_record", Mock(side_effect=[None, KeyboardInterrupt]))
        with pytest.raises(KeyboardInterrupt):
            build(Project(root), examples=True)
    monkeypatch.setattr("wrapped_assets.building.proving.differences", lambda *_: pytest.fail("an example ran"))
    assert build(Project(root), examples=True).failed == []


def test_an_insight_that_the_first_build_did_not_plan_is_held_to_its_example(tmp_path: Path, write: Write) -> None:
    root = Root.open_or_make(tmp_path / "root", 1, KEY)
    import_small(root, SMALL_PLAYS)
    project = Project(root, write(WRONG))
    assert build(project, lambda one: [cell for cell in one.expected() if cell.asset == "listens/listens"], examples=True).failed == []
    assert {cell.asset for cell, _ in build(project, examples=True).failed} == {"insights/late_nights"}


def rows_of(root: Root, key: str) -> pl.DataFrame:
    return pl.concat([pl.read_parquet(root.path / found.path) for cell, found in manifest.load_cells(root).items() if cell.asset == key])


def test_the_platform_takes_out_artists_with_few_listeners_whatever_the_function_does(small: Root, write: Write) -> None:
    graph = write(ARTIST_INSIGHT, "insights.artist", "audience_sizes")
    assert build(Project(small, graph)).failed == []
    assert rows_of(small, "aggregates/artist_audiences").height > 0
    assert rows_of(small, "insights/audience_sizes").is_empty(), "three listeners are fewer than twenty"


@pytest.mark.parametrize(
    ("before", "instead", "said"),
    [
        ("listener_count=pl.len()", "listeners=pl.len()", "the result has no column 'listener_count', which `group_size` declares"),
        ("pl.len().cast(pl.Int64)", "pl.len() * 20.0", "the column 'listener_count' came as Float64"),
    ],
)
def test_an_artist_insight_that_does_not_count_listeners_is_refused(
    small: Root, write: Write, before: str, instead: str, said: str
) -> None:
    text = ARTIST_INSIGHT.replace(before, instead, 1)
    report = build(Project(small, write(text, "insights.artist", "audience_sizes")))
    assert {cell.asset for cell, _ in report.failed} == {"insights/audience_sizes"}
    assert all(said in error for _, error in report.failed)


WHOLE = {pl.Int8(): (-128, 127), pl.Int16(): (-(2**15), 2**15 - 1), pl.Int32(): (-(2**31), 2**31 - 1), pl.Int64(): (-(2**63), 2**63 - 1)} | {
    pl.UInt8(): (0, 255), pl.UInt16(): (0, 2**16 - 1), pl.UInt32(): (0, 2**32 - 1), pl.UInt64(): (0, 2**64 - 1),
}  # fmt: skip
FLOATS = {pl.Float32(): (1.5, -0.25, 3.0e38), pl.Float64(): (1.5, 0.1, 1e300)}
OTHERS = (
    pl.Boolean(),
    pl.String(),
    pl.Date(),
    pl.Datetime("ms"),
    pl.Datetime("us"),
    c.INSTANT,
    pl.Datetime("us", "UTC"),
    pl.Duration("ms"),
)


def test_a_cast_that_may_happen_gives_back_what_came_or_fails() -> None:
    allowed = 0
    for given, values in (WHOLE | FLOATS).items():
        for wanted in (wanted for wanted in (*WHOLE, *FLOATS, *OTHERS) if is_lossless(given, wanted)):
            for value in values:
                frame = pl.DataFrame({"x": pl.Series([value], dtype=given)})
                try:
                    cast = frame.cast({"x": wanted})
                except pl.exceptions.InvalidOperationError:
                    continue
                assert cast.cast({"x": given}).equals(frame), (given, wanted)
                allowed += 1
    assert allowed > 50
    assert not [
        (given, wanted) for given in OTHERS for wanted in (*WHOLE, *FLOATS, *OTHERS) if is_lossless(given, wanted) and given != wanted
    ]


def test_no_lossy_cast_is_allowed() -> None:
    assert not is_lossless(pl.Float64(), pl.Int64())
    assert not is_lossless(pl.Int64(), pl.Float64())
    assert not is_lossless(pl.String(), pl.Int64())
    assert not is_lossless(pl.Datetime("us", "UTC"), c.INSTANT)
    assert not is_lossless(c.INSTANT, pl.Date())
    assert not is_lossless(pl.List(pl.Float64()), pl.List(pl.Int64()))
    assert is_lossless(pl.List(pl.Int32()), pl.List(pl.Int64()))


def test_a_share_a_count_and_a_place_have_limits() -> None:
    assert {limits_of(column) for column in BY_NAME.values() if column.unit == "0–1"} == {(0, 1)}
    assert {limits_of(column)[0] for name, column in BY_NAME.items() if name.endswith("_count")} == {0}
    assert {limits_of(column)[0] for name, column in BY_NAME.items() if name.endswith("_rank")} == {1}
