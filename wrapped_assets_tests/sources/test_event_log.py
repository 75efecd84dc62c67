"""A service's Parquet log: texts once, in the rows or beside them, and every row checked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.contracts.source import CODED_PLAY_SCHEMA, REJECTED_SCHEMA, TRACK_SCHEMA
from wrapped_assets.sources import event_log, recordings_beside
from wrapped_assets.sources.recognition import read_path
from wrapped_assets.storage.spool import Spool

AT = 1_735_689_600_000
RECORDINGS = pl.DataFrame(
    {"recording": [3, 1], "recording_name": ["Three", "One"], "artist_name": ["A", "B"], "duration_ms": [200_000, None]}
)


def log(**columns: Any) -> pl.DataFrame:
    return pl.DataFrame({"listener": ["ana", "bo"], "listened_at": [AT, AT + 1000], "ms_played": [31_000, 5], **columns})


def read(folder: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The plays with their tracks' texts, and the rejected rows."""
    plays, rejected = [], []
    for _, source, batches in read_path(folder):
        assert source.name == "event_log"
        for batch in batches:
            assert dict(batch.plays.schema) == CODED_PLAY_SCHEMA
            assert dict(batch.rejected.schema) == REJECTED_SCHEMA
            assert batch.tracks is not None
            assert dict(batch.tracks.schema) == TRACK_SCHEMA
            assert set(batch.plays["track"]) <= set(range(batch.tracks.height))
            plays += batch.plays.hstack(batch.tracks[batch.plays["track"].to_list()]).to_dicts()
            rejected += batch.rejected.to_dicts()
    return plays, rejected


@pytest.mark.parametrize("key", [pl.Int32, pl.UInt64, pl.String])
def test_texts_beside_the_log_are_found_by_any_key(tmp_path: Path, key: Any) -> None:
    (tmp_path / "events" / "2025").mkdir(parents=True)
    log(recording=[1, 3]).cast({"recording": key}).write_parquet(tmp_path / "events" / "2025" / "part-0.parquet")
    RECORDINGS.cast({"recording": key}).write_parquet(tmp_path / "recordings.parquet")
    plays, rejected = read(tmp_path)
    assert rejected == []
    assert [(p["listener"], p["title"], p["artist_credit"], p["duration_ms"], p["media"]) for p in plays] == [
        ("ana", "One", "B", None, "music"), ("bo", "Three", "A", 200_000, "music"),
    ]  # fmt: skip
    assert plays[0]["listened_at"] == datetime(2025, 1, 1, tzinfo=UTC)
    assert (plays[0]["is_scrobble"], plays[0]["is_private"]) == (False, None)
    assert read_path(tmp_path).unrecognised == []


@pytest.mark.parametrize("key", [pl.Int32, pl.UInt64, pl.String])
def test_many_recordings_beside_the_log_are_read_from_disk_with_the_same_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: Any
) -> None:
    beside = [(7, "Seven", "A"), (3, "Three", None), (1, "One", "B"), (None, "None", "A"), (1, "Again", "C"), (5, None, "A")]
    table = pl.DataFrame(beside, schema=["recording", "recording_name", "artist_name"], orient="row")
    table.cast({"recording": key}).write_parquet(tmp_path / "recordings.parquet", row_group_size=2)
    wanted = [1, 7, 3, 9, 5, None, 1]
    rows = pl.DataFrame({"listener": "ana", "listened_at": [AT + row * 1_000 for row in range(7)], "recording": wanted})
    rows.cast({"recording": key}).write_parquet(tmp_path / "a.parquet")

    def found() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        plays, rejected = read(tmp_path)
        return [{name: value for name, value in play.items() if name != "track"} for play in plays], rejected

    in_memory = found()
    recordings_beside._READ.clear()
    monkeypatch.setattr(recordings_beside, "MOST_IN_MEMORY", 3)
    monkeypatch.setattr(recordings_beside, "ROWS_PER_PIECE", 2)
    assert found() == in_memory
    assert [play["title"] for play in in_memory[0]] == ["One", "Seven", "One"]
    assert [row["reason"] for row in in_memory[1]] == ["missing_artist", "missing_title", "missing_title", "missing_title"]
    assert all(companion.tracks.__class__ is Spool for companion in recordings_beside._READ.values())


def test_texts_in_the_rows_stand_once_a_batch(tmp_path: Path) -> None:
    inline = log(recording_name=["T", "T"], artist_names=[["A", "B"], ["A", "B"]], is_private=[True, False])
    inline.with_columns(pl.from_epoch("listened_at", "ms")).write_parquet(tmp_path / "log.parquet")
    (_, _, batches), *_ = read_path(tmp_path)
    (batch,) = list(batches)
    assert batch.tracks is not None
    assert batch.tracks.height == 1
    plays, _ = read(tmp_path)
    assert [(p["artist_credit"], p["artist_names"], p["is_private"]) for p in plays] == [
        ("A, B", ["A", "B"], True),
        ("A, B", ["A", "B"], False),
    ]


def test_each_row_is_checked(tmp_path: Path) -> None:
    rows = [
        ("ana", AT, 1, 1), (None, AT, 1, 1), ("ana", None, 1, 1), ("ana", AT // 1000, 1, 1), ("ana", AT * 1000, 1, 1), ("ana", 5, 1, 1),
        ("ana", 3_900_000_000_000, 1, 1), ("ana", AT, -1, 1), ("ana", AT, 90_000_000, 1), ("ana", AT, 1, 99), ("ana", AT, 1, None),
    ]  # fmt: skip
    pl.DataFrame(rows, schema=["listener", "listened_at", "ms_played", "recording"], orient="row").write_parquet(tmp_path / "a.parquet")
    RECORDINGS.write_parquet(tmp_path / "recordings.parquet")
    plays, rejected = read(tmp_path)
    assert len(plays) == 1
    assert [(row["row_number"], row["reason"]) for row in rejected] == list(enumerate([
        "not_an_object", "missing_time", "invalid_time", "invalid_time", "too_early", "future_time", "negative_duration",
        "implausible_duration", "missing_title", "missing_title",
    ], start=1))  # fmt: skip


def test_a_large_log_comes_in_batches_that_share_one_table_of_tracks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "ROWS_PER_BATCH", 4)
    frame = pl.DataFrame({"listener": "ana", "listened_at": pl.arange(AT, AT + 10, eager=True), "recording": [1] * 5 + [3] * 5})
    frame.write_parquet(tmp_path / "a.parquet")
    RECORDINGS.write_parquet(tmp_path / "recordings.parquet")
    (_, _, batches), *_ = read_path(tmp_path)
    first, *others = batches
    assert [first.plays.height, *(batch.plays.height for batch in others)] == [4, 4, 2]
    assert all(batch.tracks is first.tracks for batch in others)
    assert [play["title"] for play in read(tmp_path)[0]] == ["One"] * 5 + ["Three"] * 5


def test_listeners_come_first_and_are_no_plays(tmp_path: Path) -> None:
    log(recording=[1, 3]).write_parquet(tmp_path / "a.parquet")
    RECORDINGS.write_parquet(tmp_path / "recordings.parquet")
    pl.DataFrame({"listener": ["ana"], "time_zone": ["Europe/Oslo"], "birth_year": [1990]}).write_parquet(tmp_path / "listeners.parquet")
    (head, _, batches), *_ = read_path(tmp_path)
    (batch,) = list(batches)
    assert (head.name, batch.plays.height) == ("listeners.parquet", 0)
    assert batch.listeners is not None
    known = {"listener": "ana", "time_zone": "Europe/Oslo", "birth_year": 1990}
    assert batch.listeners.to_dicts() == [known | {"country": None, "place": None}]


def test_keys_without_their_texts_are_an_error_that_says_what_to_add(tmp_path: Path) -> None:
    log(recording=[1, 3]).write_parquet(tmp_path / "a.parquet")
    with pytest.raises(InputError, match=r"recordings\.parquet"):
        read(tmp_path)


def test_a_foreign_parquet_file_is_not_recognised_and_a_damaged_one_is_a_problem(tmp_path: Path) -> None:
    log(recording_name=["T", "U"], artist_name=["A", "B"]).write_parquet(tmp_path / "a.parquet")
    pl.DataFrame({"x": [1]}).write_parquet(tmp_path / "b.parquet")
    (tmp_path / "c.parquet").write_bytes((tmp_path / "a.parquet").read_bytes()[:-20])
    reading = read_path(tmp_path)
    assert [file.head.path for file in reading.files] == ["a.parquet"]
    assert reading.unrecognised == ["b.parquet"]
    assert [problem.path for problem in reading.problems] == ["c.parquet"]


@pytest.mark.parametrize(
    ("column", "values", "said", "reasons"),
    [
        ("ms_played", [timedelta(seconds=60), None], ("ms_played", [60_000, None]), []),  # microseconds taken as they stand: 16 hours
        ("ms_played", ["60000", "much"], ("ms_played", [60_000, None]), []),
        ("ms_played", [date(2025, 1, 1)] * 2, ("ms_played", [None, None]), []),
        ("is_private", ["True", "no "], ("is_private", [True, False]), []),
        ("is_private", ["yes", "perhaps"], ("is_private", [True, None]), []),
        ("recording_name", ["Eple", " \t"], ("title", ["Eple"]), ["missing_title"]),
        ("recording_name", [b"Eple", b"\xff"], ("title", ["Eple"]), ["missing_title"]),
        ("artist_name", ["", "Ana"], ("title", ["T"]), ["missing_artist"]),
        ("listened_at", [date(2025, 1, 1)] * 2, ("title", []), ["invalid_time"] * 2),
        ("listened_at", [True, False], ("title", []), ["invalid_time"] * 2),
    ],
)  # fmt: skip
def test_a_column_of_another_type_is_read_by_its_meaning_or_refused_by_rows(
    tmp_path: Path, column: str, values: list[object], said: tuple[str, list[object]], reasons: list[str]
) -> None:
    frame = log(recording_name=["T", "T"], artist_name=["A", "A"]).with_columns(pl.Series(column, values))
    frame.write_parquet(tmp_path / "log.parquet")
    plays, rejected = read(tmp_path)
    assert ([play[said[0]] for play in plays], [row["reason"] for row in rejected]) == (said[1], reasons)


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("listener", [["ana"], []]), ("recording_name", [["T"], None]), ("artist_name", [{"name": "A"}] * 2),
        ("release_group_name", [timedelta(1)] * 2), ("artist_names", ["A", "B"]), ("duration_ms", [[1], [2]]),
    ],
)  # fmt: skip
def test_a_column_that_cannot_be_meant_is_said(tmp_path: Path, column: str, values: list[object]) -> None:
    frame = log(recording_name=["T", "T"], artist_name=["A", "A"]).with_columns(pl.Series(column, values))
    frame.write_parquet(tmp_path / "log.parquet")
    with pytest.raises(InputError, match=f"the column {column} of a Parquet file is"):
        read(tmp_path)


@pytest.mark.parametrize("values", [[[AT], None], [timedelta(1)] * 2, [{"at": AT}] * 2, [b"\xff"] * 2])
def test_a_time_of_a_type_that_is_none_costs_its_rows(tmp_path: Path, values: list[object]) -> None:
    frame = log(recording_name=["T", "T"], artist_name=["A", "A"]).with_columns(pl.Series("listened_at", values))
    frame.write_parquet(tmp_path / "log.parquet")
    plays, rejected = read(tmp_path)
    assert (plays, {row["reason"] for row in rejected} <= {"invalid_time", "missing_time"}, len(rejected)) == ([], True, 2)
