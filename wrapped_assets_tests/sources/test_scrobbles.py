"""Last.fm's answers and the many CSV files, Maloja and Koito."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from wrapped_assets.contracts.source import Head
from wrapped_assets.sources.koito import KOITO
from wrapped_assets.sources.lastfm_api import LASTFM_API
from wrapped_assets.sources.lastfm_csv import LASTFM_CSV
from wrapped_assets.sources.maloja import MALOJA, parted
from wrapped_assets_tests.sources.reading import read, reasons

MBID = "2429a1be-5a96-4a21-8f19-bcbd9b8f5bf7"
LASTFM: dict[str, Any] = {
    "artist": {"mbid": "", "#text": "CHUU"}, "album": {"mbid": MBID, "#text": ""}, "name": "stupid?", "mbid": "", "url": "u",
    "streamable": "0", "date": {"uts": "1749776100", "#text": "13 Jun 2025, 00:55"},
}  # fmt: skip
AT = datetime(2021, 3, 22, 16, 51, tzinfo=UTC)


@pytest.mark.parametrize("wrap", [
    lambda track: {"recenttracks": {"track": [track], "@attr": {"page": "1"}}}, lambda track: {"track": [track], "@attr": {}},
    lambda track: [{"track": [track], "@attr": {}}], lambda track: [{"recenttracks": {"track": [track]}}],
])  # fmt: skip
def test_a_page_of_lastfm_is_read_in_every_wrapping(wrap: Any) -> None:
    plays, rejected = read(LASTFM_API, wrap(LASTFM))
    assert rejected == []
    assert plays[0]["listened_at"] == datetime(2025, 6, 13, 0, 55, tzinfo=UTC)
    assert (plays[0]["title"], plays[0]["artist_credit"], plays[0]["release_group_name"]) == ("stupid?", "CHUU", None)
    assert (plays[0]["recording_mbid"], plays[0]["release_mbid"], plays[0]["artist_mbids"]) == (None, MBID, None)


def test_what_is_playing_now_is_not_a_play_and_a_lost_clock_is_too_early() -> None:
    now = {**{key: value for key, value in LASTFM.items() if key != "date"}, "@attr": {"nowplaying": "true"}}
    lost = {**LASTFM, "date": {"uts": "1203"}}
    wrong_unit = {**LASTFM, "date": {"uts": "1749776100000"}}
    assert reasons(LASTFM_API, [{"track": [now, lost, wrong_unit, {**now, "@attr": {}}]}]) == [
        "now_playing", "too_early", "invalid_time", "missing_time",
    ]  # fmt: skip


def test_the_extended_answer_names_its_artist_otherwise() -> None:
    extended = {**LASTFM, "artist": {"name": "CHUU", "mbid": MBID, "url": "u"}, "loved": "1"}
    play = read(LASTFM_API, {"recenttracks": {"track": [extended]}})[0][0]
    assert (play["artist_credit"], play["artist_mbids"]) == ("CHUU", [MBID])


DIALECTS = {
    "ghan.nl": f"\ufeffuts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid\n1616431860,x,A,{MBID},L,,T,\n",
    "lastfm-to-csv": 'A,L,T,"22 Mar 2021 16:51"\n',
    "lastfm-backup-cli": "2021-03-22,16:51:00,A,T\n",
    "scrobbler in R": '"","datetime","artist","track","album"\n"1","2021-03-22 16:51:00","A","T","L"\n',
    "scrobbler in R, no header": '1,2021-03-22 16:51:00,A,T,L\n',
    "Libre.fm": "# a comment, with commas\n#another\n\nArtist,Track,Album,Time\nA,T,L,1616431860\n",
    "Libre.fm as UTF-7": "+ACM- a comment\nArtist,Track,Album,Time\n+ACI-A+ACI-,T,L,1616431860\n",
    "a header with other words": "Track Name;x,Title,Artist Name,Scrobbled At\nz,T,A,2021-03-22T16:51:00+00:00\r\n",
}  # fmt: skip


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_csv_dialect_says_the_same(dialect: str) -> None:
    raw = DIALECTS[dialect].removeprefix("\ufeff").encode()
    assert LASTFM_CSV.recognises(Head("x.csv", "x.csv", raw))
    plays, rejected = read(LASTFM_CSV, raw, "x.csv")
    assert rejected == []
    assert [(play["title"], play["artist_credit"], play["listened_at"]) for play in plays] == [("T", "A", AT)]


def test_a_time_that_a_spreadsheet_rounded_is_refused_and_one_in_full_is_read() -> None:
    """1.71456E+09 is any second of almost three hours, so that all plays of these were one."""
    exact = ["1.7145576E9", "1.714557600E+09", "1.7145576E12", "1714557600"]
    rounded = ["1.71456E+09", "1,71456E+09", "1.7E9", "2e9", "1.71456e12"]
    table = "artist;track;timestamp\n" + "".join(f"Ana;Eple;{time}\n" for time in exact + rounded)
    plays, rejected = read(LASTFM_CSV, table, "scrobbles.csv")
    assert {play["listened_at"] for play in plays} == {datetime(2024, 5, 1, 10, tzinfo=UTC)}
    assert (len(plays), [row["reason"] for row in rejected]) == (len(exact), ["invalid_time"] * len(rounded))


def test_a_csv_keeps_its_good_rows() -> None:
    raw = 'A,L,T,"22 Mar 2021 16:51"\nA,L\nA,L,T,22 Mar\n,L,T,22 Mar 2021 16:51\nA,"L\n, x",T,22 Mar 2021 16:51\nA,L,"' + "x" * 200_000
    plays, rejected = read(LASTFM_CSV, raw, "x.csv")
    assert len(plays) == 2
    assert [row["reason"] for row in rejected] == ["unreadable_row", "invalid_time", "missing_artist", "unreadable_row"]


@pytest.mark.parametrize("foreign", ["name,age\nx,3\n", "hello", "", "a,b,c,d\n", "<html>", "%PDF-1.4", "artist_mbid,name\nx,y\n"])
def test_a_foreign_table_is_not_scrobbles(foreign: str) -> None:
    assert not LASTFM_CSV.recognises(Head("x.csv", "x.csv", foreign.encode()))


def scrobble(**track: Any) -> dict[str, Any]:
    return {"time": 1746434410, "track": {"artists": ["A"], "title": "T", "album": None, "length": 200, **track}, "duration": 190}


def test_maloja_says_what_was_played_and_how_long() -> None:
    plays, rejected = read(MALOJA, {"maloja": {"export_time": 1}, "scrobbles": [scrobble(), {**scrobble(), "time": 1.7e12}]})
    assert (plays[0]["duration_ms"], plays[0]["ms_played"], plays[0]["artist_names"]) == (200_000, 190_000, ["A"])
    assert [row["reason"] for row in rejected] == ["invalid_time"]


@pytest.mark.parametrize(("listed", "credit", "names"), [
    (["Kanade", "Tokyo • Kanade"], "Tokyo • Kanade", ["Kanade"]),
    (["L", "P", "Tokyo • P • L"], "Tokyo • P • L", ["L", "P"]),
    (["A", "B", "A feat. B"], "A feat. B", ["A", "B"]),
    (["Simon", "Simon & Garfunkel"], None, ["Simon", "Simon & Garfunkel"]),
    (["A", "A"], None, ["A"]),
])  # fmt: skip
def test_a_credit_repeated_beside_its_parts_is_no_artist(listed: list[str], credit: str | None, names: list[str]) -> None:
    assert parted(listed) == (credit, names)


def test_koito_shows_primary_aliases_and_the_primary_artist_first() -> None:
    def named(*aliases: str, **more: Any) -> dict[str, Any]:
        return {"aliases": [{"alias": name.strip("*"), "is_primary": "*" in name} for name in aliases], **more}

    listen = {
        "listened_at": "2022-01-08T22:32:08Z", "client": "c", "track": named("other", "*T", mbid=None, duration=354),
        "album": named("*L", mbid=MBID), "artists": [named("*B", is_primary=False, mbid=None), named("A", is_primary=True, mbid=MBID)],
    }  # fmt: skip
    play = read(KOITO, {"version": "1", "user": "someone", "listens": [listen]})[0][0]
    assert (play["title"], play["artist_credit"], play["artist_names"]) == ("T", "A, B", ["A", "B"])
    assert (play["duration_ms"], play["release_mbid"], play["artist_mbids"], play["listener"]) == (354_000, MBID, None, None)


def test_a_stray_nul_costs_no_other_row_of_a_csv() -> None:
    rows = (f"A,B,{title},2025-01-01 1{hour}:00:00" for hour, title in enumerate(("One", "T\0wo", "Three")))
    content = "\r\n".join(["artist,album,title,timestamp", *rows, ""]).encode()
    plays, rejected = read(LASTFM_CSV, content, "tunes.csv")
    assert len(plays) + len(rejected) == 3
    assert {play["title"] for play in plays} >= {"One", "Three"}
