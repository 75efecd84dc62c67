"""Files, folders, zips and what can be wrong with them."""

from __future__ import annotations

import gzip
import io
import json
import os
import struct
import zipfile
from pathlib import Path

import polars as pl
import pytest

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.sources import inflating, zip_members
from wrapped_assets.sources.containers import Walk, cleaned
from wrapped_assets.sources.recognition import Reading, read_path

SHORT = json.dumps([{"endTime": "2021-12-03 05:31", "artistName": "Some Artist", "trackName": "Some Title", "msPlayed": 9}] * 3).encode()


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED, *, streamed: bool = False) -> bytes:
    """A zip; `streamed` writes the sizes behind each member, as servers do."""
    target = io.BytesIO()

    class Unseekable(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            return target.write(data)

    with zipfile.ZipFile(Unseekable() if streamed else target, "w", compression) as archive:  # type: ignore[arg-type]
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def heights(reading: Reading) -> list[tuple[str, int]]:
    """Each file's path and number of plays."""
    return [(head.path, sum(batch.plays.height for batch in batches)) for head, _, batches in reading]


def test_a_folder_is_walked_in_order_with_its_zips_and_the_rest_is_listed(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "x.json").write_bytes(SHORT)
    (tmp_path / "Userdata.json").write_text('{"username": "someone"}')
    (tmp_path / "Read_Me_First.pdf").write_bytes(b"%PDF-1.4")
    for name in ("a.zip", "c.zip"):
        (tmp_path / name).write_bytes(zipped({"in/s.json": SHORT, "in/note.txt": b"hi"}))
    reading = read_path(tmp_path)
    assert heights(reading) == [("a.zip/in/s.json", 3), ("c.zip/in/s.json", 3), ("b/x.json", 3)]
    assert reading.unrecognised == ["Read_Me_First.pdf", "Userdata.json", "a.zip/in/note.txt", "c.zip/in/note.txt"]
    assert reading.problems == []


def test_nothing_is_unpacked(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped({"../../up.json": SHORT, "/root.json": SHORT, "C:\\x.json": SHORT}))
    assert sorted(heights(read_path(tmp_path / "a.zip"))) == [("root.json", 3), ("up.json", 3), ("x.json", 3)]
    assert os.listdir(tmp_path) == ["a.zip"]


@pytest.mark.parametrize(
    ("path", "shown"), [("../a", "a"), ("/a/./b", "a/b"), ("a\\..\\b", "a/b"), ("C:/a", "a"), ("a\x1b\u202eb", "ab"), ("..", "unnamed")]
)
def test_a_path_is_shown_clean(path: str, shown: str) -> None:
    assert cleaned(path) == shown


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", "utf-16"])
def test_marks_and_utf_16_are_undone(tmp_path: Path, mark: bytes | str) -> None:
    (tmp_path / "x.json").write_bytes(mark + SHORT if isinstance(mark, bytes) else SHORT.decode().encode(mark))
    assert heights(read_path(tmp_path / "x.json")) == [("x.json", 3)]


def test_a_gz_file_is_read_and_a_cut_one_keeps_its_beginning(tmp_path: Path) -> None:
    many = json.dumps(
        [{"endTime": "2021-12-03 05:31", "artistName": f"A{n * 7919 % 1000}", "trackName": f"T{n}", "msPlayed": n} for n in range(5000)]
    )
    whole = gzip.compress(many[:1000].encode()) + gzip.compress(many[1000:].encode())  # two streams in one file
    (tmp_path / "x.json.gz").write_bytes(whole)
    assert heights(read_path(tmp_path)) == [("x.json", 5000)]
    (tmp_path / "x.json.gz").write_bytes(whole[: len(whole) // 2])
    reading = read_path(tmp_path)
    assert 500 < heights(reading)[0][1] < 5000
    assert "damaged" in reading.problems[0].text


def test_a_missing_path_and_a_foreign_file_are_errors_that_say_what_is_known(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_path(tmp_path / "someones-secret-name.json")
    (tmp_path / "secret-name.txt").write_text("secret content")
    with pytest.raises(InputError, match="Known formats: Spotify extended") as told:
        read_path(tmp_path / "secret-name.txt")
    assert "secret" not in str(told.value)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no file that can be read"):
        read_path(tmp_path / "empty")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(SHORT)
    (tmp_path / "x.json").chmod(0)
    with pytest.raises(InputError, match="cannot be opened"):
        read_path(tmp_path / "x.json")


def test_links_in_circles_pipes_and_dead_links_are_problems(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(SHORT)
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    os.mkfifo(tmp_path / "pipe")
    reading = read_path(tmp_path)
    assert heights(reading) == [("x.json", 3)]
    assert {problem.path for problem in reading.problems} == {"loop", "self", "pipe"}


@pytest.mark.parametrize("streamed", [True, False])
@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_zip_cut_short_gives_the_members_before_the_cut(tmp_path: Path, streamed: bool, compression: int) -> None:
    if streamed and compression == zipfile.ZIP_STORED:
        pytest.skip("without a directory the end of such a member cannot be known")
    raw = zipped({"a.json": SHORT, "b.json": SHORT, "c.json": SHORT * 50}, compression, streamed=streamed)
    (tmp_path / "x.zip").write_bytes(raw[: raw.rindex(b"c.json", 0, raw.index(b"PK\x01\x02")) + 20])
    reading = read_path(tmp_path)
    assert heights(reading)[:2] == [("x.zip/a.json", 3), ("x.zip/b.json", 3)]
    assert "damaged or incomplete" in reading.problems[0].text


def test_a_zip_cut_anywhere_never_raises_anything_but_an_input_error(tmp_path: Path) -> None:
    raw = zipped({"a.json": SHORT, "b.json": SHORT}, streamed=True)
    for size in range(0, len(raw), 7):
        (tmp_path / "x.zip").write_bytes(raw[:size])
        try:
            assert {height for _, height in heights(read_path(tmp_path))} <= {0, 1, 2, 3}
        except InputError as error:
            assert "Some" not in str(error)  # noqa: PT017 (either it reads, or it says why)


def test_a_member_with_a_flipped_byte_is_a_problem_and_the_others_are_read(tmp_path: Path) -> None:
    raw = bytearray(zipped({"a.json": SHORT, "b.json": SHORT}))
    raw[raw.index(b"a.json") + 10] ^= 0xFF
    (tmp_path / "x.zip").write_bytes(raw)
    reading = read_path(tmp_path)
    assert ("x.zip/b.json", 3) in heights(reading)
    assert [problem.path for problem in reading.problems] == ["x.zip/a.json"]


def test_an_encrypted_zip_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    raw = bytearray(zipped({"a.json": SHORT}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        struct.pack_into("<H", raw, raw.index(signature) + offset, 1)
    (tmp_path / "x.zip").write_bytes(raw)
    with pytest.raises(InputError, match="is encrypted: unpack it with its password"):
        read_path(tmp_path / "x.zip")


@pytest.mark.parametrize(
    ("limit", "value", "told"),
    [("MOST_MEMBERS", 1, "members"), ("LARGEST_UNPACKED", 100, "unpacks to more"), ("RATIO_MATTERS_FROM", 0, "times its size")],
)
def test_a_bomb_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, told: str) -> None:
    monkeypatch.setattr(zip_members, limit, value)
    (tmp_path / "x.zip").write_bytes(zipped({"a.json": b" " * 1_000_000 + SHORT, "b.json": SHORT}))
    with pytest.raises(InputError, match=told):
        read_path(tmp_path / "x.zip")


def test_a_gz_bomb_ends_at_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inflating, "LARGEST_GUNZIPPED", 200_000)
    (tmp_path / "x.json.gz").write_bytes(gzip.compress(SHORT + b" " * 10_000_000))
    walk = Walk(tmp_path)
    with walk.members[0].open() as stream:
        assert len(stream.read()) <= 200_000
    assert "more than any export" in walk.problems[0].text


def test_parquet_inside_a_zip_is_read_with_its_companion(tmp_path: Path) -> None:
    def parquet(frame: pl.DataFrame) -> bytes:
        frame.write_parquet(target := io.BytesIO())
        return target.getvalue()

    events = pl.DataFrame({"listener": ["ana"], "listened_at": [1_735_689_600_000], "recording": [0]})
    names = pl.DataFrame({"recording": [0], "recording_name": ["T"], "artist_name": ["A"]})
    (tmp_path / "x.zip").write_bytes(zipped({"log/events/0.parquet": parquet(events), "log/recordings.parquet": parquet(names)}))
    reading = read_path(tmp_path)
    assert heights(reading) == [("x.zip/log/events/0.parquet", 1)]
    assert (reading.unrecognised, reading.problems) == ([], [])
