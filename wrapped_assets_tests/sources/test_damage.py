"""Bytes that change anywhere in any file, packed or not, cost what they touch and are never silent."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.contracts.source import UNREAD_REASONS
from wrapped_assets.sources.recognition import Reading, read_path
from wrapped_assets_tests.sources.test_containers import zipped

ROWS = 400


def spotify(number: int) -> dict[str, Any]:
    return {
        "ts": f"2024-01-{1 + number // 60 % 28:02}T{number // 60 % 24:02}:{number % 60:02}:00Z", "platform": "a\"b\\", "ms_played": 60_000,
        "conn_country": "PT", "master_metadata_track_name": f"Title {number} é", "master_metadata_album_artist_name": "A, {B} [C]",
        "master_metadata_album_album_name": None, "spotify_track_uri": f"spotify:track:{number:022}", "skipped": False,
    }  # fmt: skip


def listen(number: int) -> dict[str, Any]:
    mapping = {"recording_name": f"Title {number}", "artists": [{"artist_credit_name": "A", "join_phrase": ""}], "artist_mbids": []}
    info = {"duration_ms": 1000, "tags": [], "nested": {"deep": [{"x": "}]"}]}}
    metadata = {"track_name": f"Title {number} é", "artist_name": "A", "mbid_mapping": mapping, "additional_info": info}
    return {"listened_at": 1_700_000_000 + number * 60, "track_metadata": metadata}


def track(number: int) -> dict[str, Any]:
    return {
        "artist": {"mbid": "", "#text": "A"}, "image": [{"size": "small", "#text": ""}], "name": f"Title {number}", "mbid": "",
        "album": {"mbid": "", "#text": "L"}, "date": {"uts": str(1_700_000_000 + number * 60), "#text": "13 Jun 2025, 00:55"},
    }  # fmt: skip


def pages(rows: list[Any]) -> list[Any]:
    return [{"recenttracks": {"track": rows[start : start + 50], "@attr": {"page": str(start)}}} for start in range(0, len(rows), 50)]


def dumped(value: Any, indent: int | None = None) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=indent).encode()


FORMATS: dict[str, bytes] = {
    "list": dumped([spotify(number) for number in range(ROWS)]),
    "pretty list": dumped([spotify(number) for number in range(ROWS)], 2),
    "lines": b"".join(dumped(listen(number)) + b"\n" for number in range(ROWS)),
    "below a key": dumped({"payload": {"count": ROWS, "listens": [listen(number) for number in range(ROWS)]}}),
    "pages": dumped(pages([track(number) for number in range(ROWS)])),
}
FORMATS["table"] = (
    "uts,artist,album,track\n" + "".join(f'{1_700_000_000 + n * 60},"A, {{B}}",,"Title {n} é"\n' for n in range(ROWS))
).encode()
FORMATS["table without quotes"] = ("uts;artist;track\n" + "".join(f"{1_700_000_000 + n * 60};A;Title {n}\n" for n in range(ROWS))).encode()


def tarred(name: str, content: bytes) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        info = tarfile.TarInfo(name)
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return target.getvalue()


CONTAINERS: dict[str, Callable[[bytes], bytes]] = {
    "zip": lambda raw: zipped({"a/export.json": raw, "b.txt": b"other"}),
    "stored zip": lambda raw: zipped({"a/export.json": raw}, 0),
    "gz": gzip.compress,
    "gz of many": lambda raw: b"".join(gzip.compress(raw[start : start + 5000]) for start in range(0, len(raw), 5000)),
    "tgz": lambda raw: tarred("Takeout/export.json", raw),
    "zip in a zip": lambda raw: zipped({"inner.zip": zipped({"export.json": raw})}),
}


def imported(raw: bytes) -> tuple[list[str], list[str], int, Reading | None]:
    """Titles, reasons, unread bytes as told, and what was found; nothing where the file is refused as a whole."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "export")
        path.write_bytes(raw)
        try:
            reading = read_path(path)
            batches = [batch for file in reading.files for batch in file.batches()]
        except InputError:
            return [], [], len(raw), None
    titles = [title for batch in batches for title in batch.plays["title"]]
    reasons = [reason for batch in batches for reason in batch.rejected["reason"]]
    losses = [problem.unread_bytes for problem in reading.problems if problem.unread_bytes is not None]
    return titles, reasons, sum(batch.unread_bytes for batch in batches) + sum(losses) + len(losses), reading


@pytest.mark.parametrize("form", FORMATS)
@given(place=st.floats(0.05, 0.95), size=st.integers(1, 80), damage=st.binary(max_size=80))
@settings(max_examples=25, deadline=None)
def test_damage_in_a_text_costs_the_rows_that_it_touches(form: str, place: float, size: int, damage: bytes) -> None:
    raw = FORMATS[form]
    at = int(len(raw) * place)
    whole, _, _, _ = imported(raw)
    titles, reasons, unread, _ = imported(raw[:at] + damage + raw[at + size :])
    assert len(whole) == ROWS
    assert len(set(whole) - set(titles)) <= 3 + size // 20
    assert len(set(titles) - set(whole)) <= 1  # a title whose own letters were changed cannot be told
    assert len(titles) + len(reasons) >= ROWS - 2 - size // 20
    assert bool(set(reasons) & UNREAD_REASONS) == bool(unread) or "not_utf8" in reasons


@pytest.mark.parametrize("container", CONTAINERS)
@given(place=st.floats(0, 1), bit=st.integers(0, 7), form=st.sampled_from(["list", "lines"]))
@settings(max_examples=25, deadline=None)
def test_a_flipped_bit_in_a_container_is_never_silent(container: str, place: float, bit: int, form: str) -> None:
    raw = bytearray(CONTAINERS[container](FORMATS[form]))
    raw[min(int(len(raw) * place), len(raw) - 1)] ^= 1 << bit
    titles, reasons, unread, reading = imported(bytes(raw))
    whole = [f"Title {number} é" if form == "list" else f"Title {number}" for number in range(ROWS)]
    is_told = unread or reasons or reading is None
    assert titles == whole or is_told, "rows were lost or changed, and nobody said so"


def test_the_members_of_a_gz_behind_a_damage_are_read() -> None:
    parts = [gzip.compress(dumped(listen(number)) + b"\n") for number in range(20)]
    raw = bytearray(b"".join(parts))
    raw[len(parts[0]) + 40] ^= 0xFF
    titles, _, unread, _ = imported(bytes(raw))
    assert set(titles) >= {f"Title {number}" for number in range(20) if number != 1}
    assert unread


def test_the_row_groups_of_a_log_behind_a_damage_are_read_and_the_lost_rows_are_counted() -> None:
    frame = pl.DataFrame(
        {
            "listener": ["ana"] * 1000,
            "listened_at": [1_700_000_000_000 + number * 60_000 for number in range(1000)],
            "recording_name": [f"Title {number}" for number in range(1000)],
            "artist_name": ["A"] * 1000,
        }
    )
    frame.write_parquet(target := io.BytesIO(), row_group_size=100, compression="zstd")
    raw = bytearray(target.getvalue())
    raw[len(raw) // 4 : len(raw) // 4 + 30] = bytes(30)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "log.parquet").write_bytes(raw)
        batches = [batch for file in read_path(folder).files for batch in file.batches()]
    plays, rejected = sum(batch.plays.height for batch in batches), sum(batch.rejected.height for batch in batches)
    assert (plays, rejected) in {(900, 100), (800, 200)}
    assert {reason for batch in batches for reason in batch.rejected["reason"]} == {"unreadable_row"}
    assert sum(batch.unread_bytes for batch in batches) > 0


def test_a_zip_whose_directory_is_lost_gives_the_members_around_a_broken_one(tmp_path: Path) -> None:
    raw = zipped({f"{name}.json": dumped([listen(place)]) * 3 for place, name in enumerate("abc")})
    broken = bytearray(raw[: raw.index(b"PK\x01\x02")])
    broken[broken.index(b"b.json") + 12] ^= 0xFF
    titles, _, unread, _ = imported(bytes(broken))
    assert {"Title 0", "Title 2"} <= set(titles)
    assert unread
