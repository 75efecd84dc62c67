"""Files are written whole or not at all."""

from __future__ import annotations

import errno
import os
import resource
import stat
import subprocess
import sys
import threading
from pathlib import Path

import polars as pl
import pytest

from wrapped_assets.contracts.errors import BuildError
from wrapped_assets.storage import frame_files, whole_files
from wrapped_assets.storage.files import write_parquet
from wrapped_assets.storage.whole_files import file_hash, is_intact, whole_file, write_whole

FRAME = pl.DataFrame({"name": ["Planted Person"], "n": [1]})


def test_a_written_file_reads_back_with_its_size_and_hash(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "a.parquet"
    size, digest = write_parquet(FRAME, path, {"note": "x"})
    assert pl.read_parquet(path).equals(FRAME)
    assert (path.stat().st_size, file_hash(path)) == (size, digest)
    assert pl.read_parquet_metadata(path)["note"] == "x"
    assert is_intact(path, digest)


def test_the_same_frame_gives_the_same_bytes(tmp_path: Path) -> None:
    assert write_parquet(FRAME, tmp_path / "a.parquet") == write_parquet(FRAME.clone(), tmp_path / "b.parquet")


def test_a_changed_or_missing_file_is_not_intact(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    _, digest = write_parquet(FRAME, path)
    content = bytearray(path.read_bytes())
    content[10] ^= 1
    path.write_bytes(content)
    assert not is_intact(path, digest)
    path.unlink()
    assert not is_intact(path, digest)


@pytest.mark.parametrize("moment", ["write", "fsync", "rename"])
def test_a_failing_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    path = tmp_path / "a.parquet"
    write_parquet(FRAME, path)
    before = path.read_bytes()

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    if moment == "write":
        monkeypatch.setattr(pl.DataFrame, "write_parquet", fail)
    elif moment == "fsync":
        monkeypatch.setattr(whole_files.os, "fsync", fail)
    else:
        monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(BuildError, match="No space left on device") as caught:
        write_parquet(pl.concat([FRAME, FRAME]), path)
    assert "Planted" not in str(caught.value)
    assert [found.name for found in tmp_path.iterdir()] == ["a.parquet"]
    assert path.read_bytes() == before


def test_a_file_that_the_system_refuses_to_let_grow_is_a_clear_error(tmp_path: Path) -> None:
    program = f"""
import resource, signal, sys
from pathlib import Path
import polars as pl
from wrapped_assets.contracts.errors import BuildError
from wrapped_assets.storage.files import write_parquet
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
try:
    write_parquet(pl.DataFrame({{"n": pl.int_range(0, 100_000, eager=True).shuffle(seed=1)}}), Path({str(tmp_path)!r}) / "big.parquet")
except BuildError as error:
    print("refused:", error)
"""
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert found.stdout.startswith("refused: could not write"), found.stderr
    assert list(tmp_path.iterdir()) == []
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 2000


def test_a_filtered_frame_is_stored_without_what_was_filtered_out(tmp_path: Path) -> None:
    """Polars keeps the buffers of removed rows; a Parquet file has none of them, in pages, statistics or metadata."""
    removed = [f"Somebody Who Is Gone {number:05}" for number in range(500)]  # longer than what a view holds by itself
    rows = pl.DataFrame({
        "listener_id": [*([7_234_567_890_123_456_789] * 500), *range(500)],
        "recording_name": [*removed, *(f"Something that stays here {number:05}" for number in range(500))],
        "artist_names": [*([name] for name in removed), *([["Whoever stays for good"]] * 500)],
    })  # fmt: skip
    for number, kept in enumerate((rows.filter(pl.col("listener_id") < 500), rows.slice(500), rows.lazy().tail(500).collect())):
        path = tmp_path / f"{number}.parquet"
        write_parquet(kept, path)
        content = path.read_bytes()
        assert b"Somebody" not in content
        assert (7_234_567_890_123_456_789).to_bytes(8, "little") not in content
        plain = tmp_path / f"{number}-plain.parquet"  # where nothing is compressed nothing hides
        kept.write_parquet(plain, compression="uncompressed")
        assert b"stays here" in plain.read_bytes()
        assert b"Somebody" not in plain.read_bytes()


def test_of_two_who_write_a_file_that_must_stay_the_first_one_wins(tmp_path: Path) -> None:
    path = tmp_path / "key"
    write_whole(path, b"first", replaces=False)
    write_whole(path, b"second", replaces=False)
    assert path.read_bytes() == b"first"
    assert [each.name for each in tmp_path.iterdir()] == ["key"]


def test_a_file_is_for_its_owner_alone_whatever_the_umask_and_from_its_first_byte(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with whole_file(tmp_path / "deep" / "a") as temporary:
            assert stat.S_IMODE(temporary.stat().st_mode) == 0o600
        write_parquet(FRAME, tmp_path / "deep" / "b.parquet")
    finally:
        os.umask(before)
    assert {stat.S_IMODE(each.stat().st_mode) for each in (tmp_path / "deep").iterdir()} == {0o600}
    assert stat.S_IMODE((tmp_path / "deep").stat().st_mode) == 0o700


def test_files_are_written_where_the_system_starts_no_more_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    frame_files._syncing.cache_clear()
    monkeypatch.setattr(threading.Thread, "start", none_left)
    ((size, digest),) = frame_files.write_frames([frame_files.FrameFile(FRAME, tmp_path / "a.parquet")])
    monkeypatch.undo()
    frame_files._syncing.cache_clear()
    assert (size, digest) == write_parquet(FRAME, tmp_path / "b.parquet")
    assert is_intact(tmp_path / "a.parquet", digest)
