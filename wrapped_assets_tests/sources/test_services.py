"""What other services and servers export: one play is one play, and what is none is counted apart."""

# ruff: noqa: E501 (what other programs write stands as they write it)
from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from wrapped_assets.contracts.source import Head
from wrapped_assets.sources.recognition import read_path
from wrapped_assets.sources.spotify_csv import SPOTIFY_CSV
from wrapped_assets.sources.watched_titles import affixes_of
from wrapped_assets.sources.youtube_music import YOUTUBE_MUSIC
from wrapped_assets_tests.sources.reading import read

AT = datetime(2025, 3, 4, 11, 45, tzinfo=UTC)


def found(path: Path) -> tuple[list[dict[str, Any]], list[str], str]:
    """The plays, why rows were rejected, and the format of the one file at a path."""
    (file,) = read_path(path).files
    batches = list(file.batches())
    plays = [
        play
        for batch in batches
        for play in (batch.plays if batch.tracks is None else batch.plays.hstack(batch.tracks[batch.plays["track"].to_list()])).to_dicts()
    ]
    return plays, [reason for batch in batches for reason in batch.rejected["reason"]], file.source.name


def watched(title: str, channel: str | None = "A - Topic", **more: Any) -> dict[str, Any]:
    subtitles = {"subtitles": [{"name": channel, "url": "u"}]} if channel else {}
    return {
        "header": "YouTube Music",
        "title": title,
        "titleUrl": "https://www.youtube.com/watch?v=x",
        "time": "2025-03-04T11:45:00.123Z",
        **subtitles,
        **more,
    }


def test_music_on_youtube_is_told_from_videos_and_advertisements() -> None:
    rows = [
        watched("Watched One"),
        watched("Watched Two", "B", header="YouTube", titleUrl="https://music.youtube.com/watch?v=y"),
        watched("Watched Three", "C - Topic", header="YouTube"),
        watched("Watched a cat", "Cats", header="YouTube"),
        watched("Watched an ad", None, details=[{"name": "From Google Ads"}]),
        watched("Watched a video that has been removed", None),
        watched("Watched https://www.youtube.com/watch?v=x", "D"),
    ]
    plays, rejected = read(YOUTUBE_MUSIC, rows)
    assert [(play["title"], play["artist_credit"]) for play in plays] == [("One", "A"), ("Two", "B"), ("Three", "C")]
    assert [row["reason"] for row in rejected] == ["not_music", "not_a_play", "missing_artist", "missing_title"]
    assert [row["title"] for row in rejected[:2]] == [None, None], "what else somebody watched is not kept"


@pytest.mark.parametrize(
    ("before", "behind"), [("Watched ", ""), ("", " angesehen"), ("Vous avez regardé ", ""), ("Gledali ste ", ""), ("", " थीम देखा")]
)
def test_titles_lose_their_watched_in_every_language(before: str, behind: str) -> None:
    titles = ["One", "Two words", "Three", "The Watched", "Five and more", "Six", "One"]
    plays, _ = read(YOUTUBE_MUSIC, [watched(f"{before}{title}{behind}") for title in titles])
    assert [play["title"] for play in plays] == titles


def test_titles_that_begin_alike_are_not_cut() -> None:
    assert affixes_of([f"Watched The {name}" for name in ("A", "B", "C", "D", "E")]).before == ""


def cell(title: str, channel: str, time: str, service: str = "YouTube Music", video: str = "https://music.youtube.com/watch?v=x") -> str:
    return (
        f'<div class="outer-cell mdl-cell mdl-cell--12-col mdl-shadow--2dp"><div class="mdl-grid"><div class="header-cell mdl-cell">'
        f'<p class="mdl-typography--title">{service}<br></p></div><div class="content-cell mdl-cell mdl-cell--6-col mdl-typography--body-1">'
        f'Watched\xa0<a href="{video}">{title}</a><br><a href="https://www.youtube.com/channel/c">{channel}</a><br>{time}<br></div>'
        '<div class="content-cell mdl-cell mdl-cell--6-col mdl-typography--body-1 mdl-typography--text-right"></div>'
        '<div class="content-cell mdl-cell mdl-cell--12-col mdl-typography--caption"><b>Products:</b><br>&emsp;YouTube<br></div></div></div>'
    )


PAGE = "<html><head><title>My Activity History</title><style>" + ".mdl-cell{}" * 15_000 + '</style></head><body><div class="mdl-grid">'


@pytest.mark.parametrize(
    "time",
    ["Mar 4, 2025, 11:45:00\u202fAM UTC", "Mar 4, 2025, 12:45:00 PM CET", "04.03.2025, 12:45:00 MEZ", "4 mars 2025, 12:45:00 CET", "4 mar 2025, 12:45:00 CET",
     "2025/03/04 20:45:00 JST", "4 de mar. de 2025, 08:45:00 BRT", "Mar 4, 2025, 6:45:00 AM EST", "4 мар. 2025 г., 14:45:00 MSK", "2025年3月4日 20:45:00 JST"],
)  # fmt: skip
def test_takeouts_page_is_read_in_every_language(tmp_path: Path, time: str) -> None:
    page = (
        PAGE
        + cell("One &amp; Two", "A - Topic", time)
        + cell("Cats", "Cat", time, "YouTube", "https://www.youtube.com/watch?v=c")
        + "</div></body></html>"
    )
    (tmp_path / "watch-history.html").write_text(page)
    plays, rejected, name = found(tmp_path / "watch-history.html")
    assert (name, rejected) == ("youtube_music", ["not_music"])
    assert [(play["title"], play["artist_credit"], play["listened_at"]) for play in plays] == [("One & Two", "A", AT)]


def test_a_broken_cell_of_takeouts_page_costs_itself(tmp_path: Path) -> None:
    cells = [cell(f"T{number}", "A - Topic", "Mar 4, 2025, 11:45:00 AM UTC") for number in range(500)]
    cells[250] = cells[250][:300] + "\0" * 40
    (tmp_path / "watch-history.html").write_text(PAGE + "".join(cells))
    plays, rejected, _ = found(tmp_path / "watch-history.html")
    assert (len(plays), rejected) == (499, ["unreadable_row"])


APPLE = [
    "Album Name",
    "End Reason Type",
    "Event End Timestamp",
    "Event Start Timestamp",
    "Event Type",
    "Item Type",
    "Media Duration In Milliseconds",
    "Play Duration Milliseconds",
    "Song Name",
]


def apple(
    start: str,
    end: str,
    played: int,
    reason: str = "NATURAL_END_OF_TRACK",
    kind: str = "PLAY_END",
    item: str = "ITUNES_STORE_CONTENT",
    song: str = "One",
) -> list[str]:
    day = "2025-03-04T"
    return ["L", reason, f"{day}{end}.000Z", f"{day}{start}.000Z", kind, item, "200000", str(played), song]


def apple_export(folder: Path, rows: Iterable[list[str]], library: Any = None) -> Path:
    text = "\n".join(",".join(row) for row in [APPLE, *rows])
    (folder / "Apple Music Play Activity.csv").write_text(text)
    if library is not None:
        (folder / "Apple Music Library Tracks.json").write_text(json.dumps(library))
    return folder


def test_apples_events_become_plays_and_the_library_names_the_artist(tmp_path: Path) -> None:
    rows = [
        apple("11:45:00", "11:46:00", 60_000, "SCRUB_BEGIN"),
        apple("11:46:00", "11:48:00", 120_000, "SCRUB_END"),
        apple("11:48:00", "11:48:20", 20_000),
        apple("11:48:20", "11:51:40", 200_000),  # the same song again
        apple("12:00:00", "12:00:00", 0, "FAILED_TO_LOAD"),
        apple("12:01:00", "12:01:00", 0, kind="LYRIC_DISPLAY"),
        apple("12:02:00", "12:02:30", 30_000, item="AD"),
        apple("12:03:00", "12:30:00", 1_620_000),  # paused for long
        apple("13:00:00", "13:01:00", -5),
        apple("14:00:00", "14:01:00", 60_000, song="Nobody knows"),
    ]
    plays, rejected, name = found(apple_export(tmp_path, rows, [{"Title": "One", "Artist": "A", "Album": "L"}]))
    assert name == "apple_music"
    assert [(play["ms_played"], play["artist_credit"]) for play in plays] == [(200_000, "A"), (200_000, "A"), (200_000, "A")]
    assert plays[0]["listened_at"] == AT
    assert sorted(rejected) == ["artist_not_beside", "negative_duration", "not_a_play", "not_a_play", "not_a_play"]


def test_a_song_that_two_artists_of_the_library_have_is_told_by_its_album(tmp_path: Path) -> None:
    library = [{"Title": "One", "Artist": "A", "Album": "L"}, {"Title": "One", "Artist": "B", "Album": "M"}]
    plays, _, _ = found(apple_export(tmp_path, [apple("11:45:00", "11:48:20", 200_000)], library))
    assert [play["artist_credit"] for play in plays] == ["A"]


@pytest.mark.parametrize(
    "text",
    [
        "ts,ms_played,master_metadata_track_name,master_metadata_album_artist_name,skipped\n2025-03-04T11:48:20Z,200000,T,A,False\n",
        ",ts,username,ms_played,master_metadata_track_name,master_metadata_album_artist_name\n0,2025-03-04 11:48:20+00:00,u,200000.0,T,A\n",
        '"endTime","artistName","trackName","msPlayed"\n"2025-03-04 11:48","A","T","200000"\n',
        "artist_name;track_name;ms_played;ts\nA;T;200000;2025-03-04 11:48:20\n",
    ],
)
def test_spotifys_history_as_a_table_is_read_in_every_form(text: str) -> None:
    assert SPOTIFY_CSV.recognises(Head("x.csv", "x.csv", text.encode()))
    plays, rejected = read(SPOTIFY_CSV, text, "x.csv")
    assert rejected == []
    assert [(play["title"], play["artist_credit"], play["ms_played"], play["listened_at"].hour) for play in plays] == [
        ("T", "A", 200_000, 11)
    ]


def test_a_skipped_track_of_rockbox_is_no_scrobble(tmp_path: Path) -> None:
    (tmp_path / ".scrobbler.log").write_text(
        "#AUDIOSCROBBLER/1.1\n#TZ/UTC\n#1 Dads\tL\tT\t1\t200\tL\t1741088700\nA\t\tU\t\t100\tS\t1741089000\t\n<Untagged>\t\tU\t\t1\tL\t1741089000\n"
    )
    plays, rejected, _ = found(tmp_path / ".scrobbler.log")
    assert [(play["artist_credit"], play["is_scrobble"], play["is_skipped"], play["duration_ms"]) for play in plays] == [
        ("#1 Dads", True, False, 200_000), ("A", False, True, 100_000),
    ]  # fmt: skip
    assert rejected == ["missing_artist"]


def workbook(rows: list[list[str]], sheet: str = "10_listeningHistory") -> bytes:
    shared = sorted({cell for row in rows for cell in row})
    letters = "ABCDEFGHIJ"
    body = "".join(
        "<row>"
        + "".join(f'<c r="{letters[place]}{number}" t="s"><v>{shared.index(cell)}</v></c>' for place, cell in enumerate(row))
        + "</row>"
        for number, row in enumerate(rows, 1)
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{relation}"><sheets><sheet name="{sheet}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships xmlns="x"><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
        )
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{main}">' + "".join(f"<si><t>{text}</t></si>" for text in shared) + "</sst>")
        archive.writestr("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData></worksheet>')
    return target.getvalue()


DEEZER = [
    ["Song Title", "Artist", "ISRC", "Album Title", "IP Address", "Listening Time", "Platform Name", "Platform Model", "Date"],
    ["T", "A", "FR1234567890", "L", "192.0.2.1", "200", "android", "x", "2025-03-04 11:45:00"],
]


@pytest.mark.parametrize("form", ["xlsx", "xlsx in a zip", "csv"])
def test_deezers_history_is_read_as_a_workbook_and_as_a_table(tmp_path: Path, form: str) -> None:
    path = tmp_path / "deezer-data_1"
    if form == "csv":
        path.write_text("\n".join(";".join(row) for row in DEEZER))
    elif form == "xlsx":
        path.write_bytes(workbook(DEEZER))
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("deezer.xlsx", workbook(DEEZER))
    plays, rejected, name = found(path)
    assert (name, rejected) == ("deezer", [])
    assert [(play["title"], play["isrc"], play["ms_played"], play["listened_at"]) for play in plays] == [("T", "FR1234567890", 200_000, AT)]


def test_the_spark_dump_is_read_with_its_listeners(tmp_path: Path) -> None:
    mbid = "2429a1be-5a96-4a21-8f19-bcbd9b8f5bf7"
    frame = pl.DataFrame(
        {"listened_at": [AT, AT], "user_id": [7, 8], "artist_name": ["A", "B"], "release_name": ["L", None], "recording_name": ["T", "U"],
         "recording_mbid": [mbid, None], "artist_credit_mbids": [[mbid], None]}
    )  # fmt: skip
    frame.write_parquet(tmp_path / "0.parquet")
    plays, rejected, name = found(tmp_path / "0.parquet")
    assert (name, rejected) == ("listenbrainz_spark", [])
    assert [(play["listener"], play["title"], play["recording_mbid"], play["listened_at"], play["is_scrobble"]) for play in plays] == [
        ("7", "T", mbid, AT, True), ("8", "U", None, AT, True),
    ]  # fmt: skip


DATABASES = {
    "navidrome": """
        CREATE TABLE user (id TEXT, user_name TEXT); INSERT INTO user VALUES ('u', 'ana');
        CREATE TABLE media_file (id TEXT, title TEXT, artist TEXT, album TEXT, duration REAL); INSERT INTO media_file VALUES ('m', 'T', 'A', 'L', 200.5);
        CREATE TABLE scrobbles (media_file_id TEXT, user_id TEXT, submission_time INTEGER); INSERT INTO scrobbles VALUES ('m', 'u', 1741088700);""",
    "tautulli": """
        CREATE TABLE session_history (id INTEGER, started INTEGER, stopped INTEGER, paused_counter INTEGER, user TEXT);
        INSERT INTO session_history VALUES (1, 1741088700, 1741088930, 30, 'ana'), (2, 1741088700, 1741088900, 0, 'ana');
        CREATE TABLE session_history_metadata (id INTEGER, media_type TEXT, title TEXT, parent_title TEXT, grandparent_title TEXT, original_title TEXT, duration TEXT);
        INSERT INTO session_history_metadata VALUES (1, 'track', 'T', 'L', 'Various Artists', 'A', '200500'), (2, 'movie', 'M', '', '', '', '1');""",
    "plex": """
        CREATE TABLE accounts (id INTEGER, name TEXT); INSERT INTO accounts VALUES (1, 'ana');
        CREATE TABLE metadata_item_views (id INTEGER, account_id INTEGER, metadata_type INTEGER, title TEXT, parent_title TEXT, grandparent_title TEXT, viewed_at INTEGER);
        INSERT INTO metadata_item_views VALUES (1, 1, 10, 'T', 'L', 'A', 1741088700), (2, 1, 1, 'M', '', '', 1741088700);""",
    "jellyfin": """
        CREATE TABLE PlaybackActivity (DateCreated TEXT, UserId TEXT, ItemId TEXT, ItemType TEXT, ItemName TEXT, PlaybackMethod TEXT, ClientName TEXT, DeviceName TEXT, PlayDuration INT);
        INSERT INTO PlaybackActivity VALUES ('2025-03-04 11:45:00.1234567', 'ana', 'i', 'Audio', 'A - T (L)', '', '', '', 200), ('2025-03-04 11:45:00', 'ana', 'j', 'Movie', 'M', '', '', '', 9);""",
}  # fmt: skip


@pytest.mark.parametrize("is_zipped", [False, True])
@pytest.mark.parametrize("server", DATABASES)
def test_a_servers_database_is_read_where_it_lies(tmp_path: Path, server: str, is_zipped: bool) -> None:
    path = tmp_path / "server.db"
    with sqlite3.connect(path) as database:
        database.executescript(DATABASES[server])
    database.close()
    if is_zipped:
        with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
            archive.write(path, "server.db")
        path = tmp_path / "x.zip"
    plays, rejected, name = found(path)
    assert (name, rejected) == (server, [])
    assert [(play["listener"], play["title"], play["artist_credit"], play["release_group_name"]) for play in plays] == [
        ("ana", "T", "A", "L")
    ]
    assert plays[0]["listened_at"].replace(microsecond=0) == AT


def test_a_damaged_database_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    path = tmp_path / "server.db"
    with sqlite3.connect(path) as database:
        database.executescript(DATABASES["navidrome"])
    database.close()
    raw = bytearray(path.read_bytes())
    raw[100:200] = bytes(100)
    path.write_bytes(raw)
    (tmp_path / "x.csv").write_text("artist,track,timestamp\nA,T,1741088700\n")
    reading = read_path(tmp_path)
    assert [problem.unread_bytes for problem in reading.problems] == [len(raw)]
