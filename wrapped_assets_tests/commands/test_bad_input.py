"""Bad input is a clear error or a small edition: the good rows kept, nothing half-written, nobody's data in the message."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wrapped_assets.storage import registry, whole_files
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.commands.running import document, run
from wrapped_assets_tests.exports import spotify_file, spotify_rows
from wrapped_assets_tests.small_roots import lake_files, versions

SECRET = "Planted-Person"
GOOD = "2025-06-01 good*3"


def zipped(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def history(**changes: Any) -> bytes:
    """Three good plays and one that is changed."""
    bad = {**spotify_rows("2025-06-02 good")[0], **changes}
    return json.dumps([*spotify_rows(GOOD), bad]).encode()


NAME = "Streaming_History_Audio_2025_0.json"
FOREIGN: dict[str, Callable[[], tuple[str, bytes]]] = {
    "an empty file": lambda: ("a.json", b""),
    "a foreign text": lambda: ("letter.txt", f"Dear {SECRET}".encode()),
    "a foreign JSON": lambda: ("a.json", json.dumps([{"name": SECRET}]).encode()),
    "random bytes": lambda: ("a.zip", bytes(range(256)) * 20),
    "a zip cut in its only member": lambda: ("a.zip", zipped((NAME, os.urandom(9000)))[:400]),
    "an empty zip": lambda: ("a.zip", zipped()),
    "a zip of foreign files": lambda: ("a.zip", zipped(("letter.txt", SECRET.encode()))),
}


@pytest.mark.parametrize("what", FOREIGN)
def test_what_is_no_listening_history_exits_with_2_and_changes_nothing(small: Root, tmp_path: Path, what: str) -> None:
    name, content = FOREIGN[what]()
    path = tmp_path / name
    path.write_bytes(content)
    before = lake_files(small, "landing")
    found = run(small.path, "import", path, "--listener", "ana", code=2)
    assert found.stderr.startswith("wrapped: ")
    assert SECRET not in found.stderr
    assert lake_files(small, "landing") == before
    run(small.path, "plan", "--check")


def test_a_zip_bomb_is_refused_quickly(small: Root, tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    path.write_bytes(zipped((NAME, b"[" + b" " * 80_000_000)))
    found = run(small.path, "import", path, "--listener", "ana", code=None)
    assert found.exit_code == 2 or "0 plays accepted" in found.stdout
    run(small.path, "plan", "--check")


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_a_clear_error(small: Root, tmp_path: Path) -> None:
    path = spotify_file(tmp_path, GOOD)
    path.chmod(0)
    assert "wrapped: " in run(small.path, "import", path, "--listener", "ana", code=None).stderr


ROWS: dict[str, bytes] = {
    "an array cut in the middle": history()[:-150],
    "NaN for a duration": history().replace(b'"ms_played": 180000', b'"ms_played": NaN', 1),
    "a future time": history(ts="2999-01-01T00:00:00Z"),
    "no time": history(ts=None),
    "seconds where milliseconds belong": history(ts="1970-01-20T00:00:00Z"),
    "a negative duration": history(ms_played=-5),
    "no title": history(master_metadata_track_name=None),
    "a row that is no record": history()[:-1] + b", 7]",
}


@pytest.mark.parametrize("what", ROWS)
def test_the_good_rows_are_kept_and_the_bad_ones_counted(small: Root, tmp_path: Path, what: str) -> None:
    path = tmp_path / NAME
    path.write_bytes(ROWS[what])
    is_unread = what == "an array cut in the middle"
    found = document(small.path, "import", path, "--listener", "ana", code=2 if is_unread else 0)
    assert found["plays"]["accepted"] in (2, 3, 4), found
    assert (found["unread"]["rows"], found["unread"]["bytes"] > 0) == (int(is_unread), is_unread)
    assert sum(found["plays"]["rejected"].values()) >= 1 or what == "NaN for a duration", found
    assert document(small.path, "build")["failed"] == []


def test_a_broken_row_in_the_middle_costs_itself_and_the_exit_code_says_so(small: Root, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(history().replace(b'"spotify_track_uri"', b'spotify_track_uri"', 1))
    found = run(small.path, "import", tmp_path / NAME, "--listener", "ana", code=2)
    assert "3 plays accepted" in found.stdout
    assert "1 rejected: the row is broken" in found.stdout
    assert "Not everything could be read (1 rows, " in found.stdout
    assert "wrapped build" not in found.stdout
    assert document(small.path, "build")["failed"] == []


@pytest.mark.parametrize("content", [b"[]", json.dumps([{"ts": None, "ms_played": 1}]).encode()])
def test_an_import_that_accepts_nothing_is_no_success(small: Root, tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    before = registry.all_listeners(small)
    found = run(small.path, "import", tmp_path / NAME, "--listener", "ana", "--time-zone", "Asia/Tokyo", "--country", "JP", code=2)
    assert "Nothing was accepted" in found.stdout
    assert registry.all_listeners(small) == before, "nobody's clock is moved by a file that is refused"
    run(small.path, "import", tmp_path / NAME, "--listener", "dora", "--time-zone", "Asia/Tokyo", code=2)
    assert [each.time_zone for each in registry.all_listeners(small) if each.name == "dora"] == ["UTC"]


def test_the_same_export_twice_is_a_success(small: Root, tmp_path: Path) -> None:
    path = spotify_file(tmp_path, GOOD)
    run(small.path, "import", path, "--listener", "ana")
    assert document(small.path, "import", path, "--listener", "ana")["plays"] == {"accepted": 0, "duplicate": 3, "rejected": {}}


NAMES = [
    "x" * 300,
    "../../etc/passwd",
    "a\0b",
    "\u202eevil",
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A1",
    "[red]x[/red]",
    "\x1b[31mred",
]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_hostile_names_stay_text_everywhere(small: Root, tmp_path: Path, name: str) -> None:
    rows = [
        {**row, "master_metadata_track_name": name, "master_metadata_album_artist_name": name} for row in spotify_rows("2025-06-01 good*40")
    ]
    run(small.path, "import", spotify_file(tmp_path, rows), "--listener", "cy")
    assert document(small.path, "build")["failed"] == []
    outside = set(tmp_path.parent.iterdir())
    assert "\x1b" not in run(small.path, "story", "--listener", "cy", "--year", 2025).stdout
    assert "\x1b" not in run(small.path, "show", "top_recordings", "--listener", "cy").stdout
    page = run(small.path, "story", "--listener", "cy", "--year", 2025, "--format", "html").stdout
    assert "<script>alert" not in page
    for format_ in ("jspf", "xspf", "m3u8", "csv", "spotify"):
        run(small.path, "playlist", "your_top_songs", "--listener", "cy", "--year", 2025, "--format", format_, "--out", tmp_path / format_)
    assert "\n=cmd" not in run(small.path, "show", "top_recordings", "--listener", "cy", "--format", "csv").stdout
    assert set(tmp_path.parent.iterdir()) == outside


@pytest.mark.parametrize("name", ["x" * 300, "../up", "a b", "ø", "<b>", "\u202eevil"])
def test_a_listener_of_any_name_has_a_story(tmp_path: Path, name: str) -> None:
    data = tmp_path / "root"
    run(data, "import", spotify_file(tmp_path, GOOD), "--listener", name)
    run(data, "build")
    assert document(data, "story", "--listener", name, "--year", 2025)["listener"]
    assert not [path for path in data.rglob("*") if name in path.name], "no path holds a name"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--listener", "ana", "--time-zone", "Mars/Olympus"], "unknown time zone"),
        (["--listener", " "], "--listener is empty"),
        (["--listener", "ana", "--country", "Portugal"], "two letters"),
        (["--listener", "ana", "--format", "nothing"], "known are spotify_extended"),
        (["--listener", "ana", "--buckets", "3"], "power of two"),
        (["--listener", "ana", "--birth-year", "20"], "birth-year"),
        ([], "--listener"),
    ],
)
def test_wrong_options_of_an_import_exit_with_2_and_make_nothing(tmp_path: Path, arguments: list[str], said: str) -> None:
    path = spotify_file(tmp_path / "export", GOOD)
    assert said in run(tmp_path / "root", "import", path, *arguments, code=2).stderr
    assert not (tmp_path / "root" / "landing").exists()


def test_a_path_that_does_not_exist_exits_with_2(tmp_path: Path) -> None:
    assert "no such file" in run(tmp_path / "root", "import", tmp_path / "nothing.zip", "--listener", "ana", code=2).stderr
    assert not (tmp_path / "root").exists()


def test_a_zip_cut_behind_its_members_keeps_them_and_says_so(small: Root, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped((NAME, history()))[:-60])
    found = document(small.path, "import", tmp_path / "a.zip", "--listener", "ana", code=2)
    assert found["plays"]["accepted"] == 4
    assert "damaged or incomplete" in str(found["problems"])


@pytest.mark.parametrize("year", [0, 10_000, -1])
def test_a_year_that_no_calendar_has_is_said(household_to_read: Path, year: int) -> None:
    refused = run(household_to_read, "story", "--listener", "mira", "--year", year, code=2)
    assert f"{year} is not in the range 1<=x<=9999" in refused.stderr


def test_an_import_on_a_full_disk_is_a_clear_error_and_lands_nothing(small: Root, tmp_path: Path) -> None:
    export = spotify_file(tmp_path, GOOD)
    before, cells = lake_files(small, "landing"), versions(small)
    program = (
        "import errno, sys; from wrapped_assets.storage import landing; from wrapped_assets.cli import main\n"
        "import polars as pl\n"
        "def full(*a, **k): raise OSError(errno.ENOSPC, 'No space left on device')\n"
        "pl.DataFrame.write_parquet = pl.LazyFrame.sink_parquet = full\n"
        "main()"
    )
    command = [sys.executable, "-c", program, "--data", str(small.path), "import", str(export), "--listener", SECRET]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 1
    assert "No space left on device" in found.stderr
    assert "Traceback" not in found.stderr
    assert SECRET not in found.stderr
    assert lake_files(small, "landing") == before
    assert versions(small) == cells


def test_an_output_that_cannot_be_written_leaves_nothing_half_written(
    household_to_read: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(whole_files.os, "fsync", full)  # when a disk notices at last that it has no room
    found = run(household_to_read, "show", "top_artists", "--format", "csv", "--out", tmp_path / "out.csv", code=1)
    assert "No space left on device" in found.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_registry_that_is_no_database_is_a_clear_error(small: Root) -> None:
    small.engine.dispose()
    for path in small.path.glob("registry.sqlite*"):
        path.unlink()
    (small.path / "registry.sqlite").write_bytes(b"not a database" * 100)
    found = run(small.path, "plan", code=1)
    assert "DatabaseError" in found.stderr
    assert "Traceback" not in found.stderr
