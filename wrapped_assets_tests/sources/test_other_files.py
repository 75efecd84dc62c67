"""What people bring by mistake is called what it is, and text in any of Unicode's forms or with any line ends is read."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.sources.recognition import read_path

NAMES = [("Björn Ålund", "Für Elke"), ("Пошта", "Танцы"), ("きのこ帝国", "雨の日")]
TABLE = "artist,track,utc_time\n" + "".join(f"{artist},{title},2025-03-04 11:45\n" for artist, title in NAMES)
ROWS = [{"ts": "2025-03-01T12:00:00Z", "ms_played": 200_000, "master_metadata_track_name": "T", "master_metadata_album_artist_name": "A"}]


def names(path: Path) -> list[tuple[str, str]]:
    found = []
    for file in read_path(path).files:
        for batch in file.batches():
            told = batch.plays if batch.tracks is None else batch.tracks
            found += list(zip(told["artist_credit"], told["title"], strict=True))
    return found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("separator", [",", "\t"], ids=["comma", "tab"])
def test_a_table_is_read_in_every_form_of_unicode_with_every_line_end(tmp_path: Path, encoding: str, line_end: str, separator: str) -> None:
    path = tmp_path / "scrobbles.csv"
    path.write_bytes(TABLE.replace(",", separator).replace("\n", line_end).encode(encoding))
    assert names(path) == NAMES


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_json_is_read_in_every_form_of_unicode(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "Streaming_History_Audio_2025_0.json"
    path.write_bytes(json.dumps(ROWS, ensure_ascii=False, indent=1).encode(encoding))
    assert names(path) == [("A", "T")]


def test_chinese_in_big5_is_not_read_as_half_width_kana(tmp_path: Path) -> None:
    rows = [("周杰倫", "晴天"), ("陳奕迅", "十年")]
    (tmp_path / "x.csv").write_bytes(("artist,track,utc_time\n" + "".join(f"{a},{t},2025-03-04 11:45\n" for a, t in rows)).encode("big5"))
    assert names(tmp_path / "x.csv") in (rows, [])


def test_what_lies_before_the_end_of_a_cut_tgz_is_read(tmp_path: Path) -> None:
    content, packed = json.dumps(ROWS * 300).encode(), io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name in ("a/Streaming_History_Audio_0.json", "b/Streaming_History_Audio_1.json"):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    path = tmp_path / "takeout.tgz"
    path.write_bytes(packed.getvalue()[:-60])
    reading = read_path(path)
    assert sum(batch.plays.height for batch in reading.files[0].batches()) == 300
    assert any("damaged or incomplete" in problem.text for problem in reading.problems)


def zipped(name: str, content: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("my_spotify_data.zip", b"7z\xbc\xaf\x27\x1c" + bytes(40), "packed file of another kind"),
        ("x.json.bz2", b"BZh9" + bytes(40), "packed file of another kind"),
        (".StreamingHistory0.json.icloud", b"bplist00", "iCloud's placeholder"),
        ("my_spotify_data.zip.crdownload", b"\x01", "download that did not end"),
        ("Streaming_History_Audio_1.json", b"\n<!DOCTYPE html><title>Log in</title>", "a web page"),
        ("x.csv", b"\x89PNG\r\n\x1a\n", "a picture"),
        ("x.json", b"ID3\3", "music, a film or a picture"),
        ("x.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "older file of Excel"),
        ("x.docx", zipped("word/document.xml", "<x/>"), "a Word document"),
        ("x.ods", zipped("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), "LibreOffice"),
        ("x.csv", rb"{\rtf1 artist,track}", "formatted text"),
        ("x.txt", b"From: Spotify\nSubject: Your data is ready\n", "an e-mail"),
        ("x.json", b"[InternetShortcut]\nURL=x\n", "a link to a file"),
        (".DS_Store", b"\0\0\0\1Bud1", "macOS or Windows notes"),
        ("x.json", bytes(5_000), "nothing but zeros"),
        ("x.json", b" \n ", "holds no rows"),
        ("x.json", b"{}", "holds no rows"),
        ("Userdata.json", b'{"username": "x", "country": "DE"}', "Spotify's account data"),
        ("x.json", b'[{"Track Identifier": 1, "Title": "A", "Artist": "B"}]', "Apple's library"),
        ("library.csv", b"asin,title,artistName,artistAsin\nB0,T,A,B1\n", "Amazon Music's library: bring listening.csv"),
        ("x.csv", b"Rank,Artist,Playcount\n1,A,100\n", "how often something was played, not when"),
    ],
)
def test_another_file_is_called_what_it_is(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=said):
        read_path(tmp_path / name)


def test_amazon_music_is_read_with_the_artists_of_its_library(tmp_path: Path) -> None:
    (tmp_path / "listening.csv").write_text(
        "timestamp,asin,deviceType,consumptionDurationMs,title,artistAsin,terminationReason\n"
        "2025-03-04T11:48:20.000Z,B0,web,200000,Third Rail,B1,trackFinished\n"
        "2025-03-04T11:48:30.000Z,B2,web,10000,Night Bus,B3,userSkip\n",
        encoding="utf-8-sig",
    )
    (tmp_path / "library.csv").write_text("asin,title,artistName,artistAsin\nB0,Third Rail,Blanka Ferro,B1\n")
    (file,) = read_path(tmp_path).files
    (batch,) = file.batches()
    rows = batch.plays if batch.tracks is None else batch.plays.hstack(batch.tracks[batch.plays["track"].to_list()])
    assert [(str(row["listened_at"])[:19], row["ms_played"], row["artist_credit"], row["title"]) for row in rows.to_dicts()] == [
        ("2025-03-04 11:45:00", 200_000, "Blanka Ferro", "Third Rail")
    ]
    assert batch.rejected["reason"].to_list() == ["artist_not_beside"]
    assert read_path(tmp_path).unrecognised == []


def test_a_file_that_was_packed_by_gzip_keeps_its_name_and_rows(tmp_path: Path) -> None:
    (tmp_path / "Streaming_History_Audio_2025_0.json.gz").write_bytes(gzip.compress(json.dumps(ROWS).encode("utf-16")))
    assert names(tmp_path / "Streaming_History_Audio_2025_0.json.gz") == [("A", "T")]


def test_parts_of_an_export_that_are_not_there_are_reported_beside_those_that_are(tmp_path: Path) -> None:
    (tmp_path / "Streaming_History_Audio_0.json").write_text(json.dumps(ROWS))
    (tmp_path / ".Streaming_History_Audio_1.json.icloud").write_bytes(b"bplist00")
    (tmp_path / "Streaming_History_Audio_2.json").write_bytes(b"")
    (tmp_path / "Streaming_History_Audio_3.json").write_bytes(bytes(4_000))
    (tmp_path / "Streaming_History_Audio_4.json.part").write_bytes(b"\x01")
    (tmp_path / "Userdata.json").write_text("{}")
    told = [problem.text.partition(":")[0] for problem in read_path(tmp_path).problems]
    assert sorted(told) == [
        "is a download that did not end",
        "is empty or holds nothing but zeros",
        "is empty or holds nothing but zeros",
        "is iCloud's placeholder for a file that is not on this machine",
    ]
