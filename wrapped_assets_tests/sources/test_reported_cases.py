"""Inputs made after public bug reports, each with what is right in its `expected.md`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.sources.recognition import read_path
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.commands.running import document, run

CASES = Path(__file__).parent / "reported_cases"
FIRST = "2025-03-04 11:45:00+00:00"

# Case and file -> format, plays, rejected rows by reason, first start where the case says it.
READ: dict[str, tuple[str, int, dict[str, int], str | None]] = {
    "csv_date_beside_played_at/scrobbles.csv": ("lastfm_csv", 3, {}, FIRST),
    "csv_date_beside_played_at/sibling_date_and_scrobbled_at.csv": ("lastfm_csv", 1, {}, FIRST),
    "csv_date_beside_played_at/sibling_release_date_column.csv": ("lastfm_csv", 1, {}, FIRST),
    "csv_date_beside_played_at/sibling_day_and_unix.csv": ("lastfm_csv", 1, {}, FIRST),
    "csv_date_beside_played_at/sibling_empty_uts.csv": ("lastfm_csv", 2, {}, FIRST),
    "csv_other_separators/semicolon.csv": ("lastfm_csv", 2, {}, FIRST),
    "csv_other_separators/tab.tsv": ("lastfm_csv", 2, {}, FIRST),
    "csv_other_separators/sep_line.csv": ("lastfm_csv", 1, {}, FIRST),
    "csv_other_separators/pipe.csv": ("lastfm_csv", 1, {}, FIRST),
    "csv_time_spellings/utc_word.csv": ("lastfm_csv", 2, {}, "2025-03-04 11:45:35+00:00"),
    "csv_time_spellings/minute_z.csv": ("lastfm_csv", 2, {}, FIRST),
    "csv_time_spellings/epoch_ms.csv": ("lastfm_csv", 2, {}, FIRST),
    "csv_time_spellings/day_first_slash.csv": ("lastfm_csv", 2, {}, "2025-02-26 08:34:33+00:00"),
    "csv_time_spellings/day_first_header.csv": ("lastfm_csv", 1, {}, "2025-02-26 08:34:00+00:00"),
    "csv_time_spellings/lower_month.csv": ("lastfm_csv", 2, {}, FIRST),
    "csv_time_spellings/ampm.csv": ("lastfm_csv", 1, {}, FIRST),
    "csv_time_spellings/offset_after_space.csv": ("lastfm_csv", 2, {}, "2025-03-04 11:45:35+00:00"),
    "csv_time_spellings/offset_without_colon.csv": ("lastfm_csv", 2, {}, "2025-03-04 11:45:35+00:00"),
    "csv_time_spellings/excel_scientific.csv": ("lastfm_csv", 1, {"invalid_time": 1}, None),  # 1.741E+09 is any of a million seconds
    "lastfm_single_track_object/page.json": ("lastfm_api", 1, {}, FIRST),
    "lastfm_single_track_object/sibling_bare_page.json": ("lastfm_api", 1, {}, None),
    "lastfm_single_track_object/sibling_pages_last_single.json": ("lastfm_api", 3, {}, None),
    "lastfm_single_track_object/sibling_bare_list_of_tracks.json": ("lastfm_api", 2, {}, None),
    "lastfm_single_track_object/sibling_recentTracks_list.json": ("lastfm_api", 2, {}, None),
    "lastfm_single_track_object/sibling_pages_nested_lists.json": ("lastfm_api", 2, {}, None),
    "lastfm_api_oddities/page.json": ("lastfm_api", 2, {"now_playing": 1}, FIRST),
    "unsupported_formats/watch-history.json": ("youtube_music", 1, {}, FIRST),
    "unsupported_formats/.scrobbler.log": ("rockbox", 2, {}, FIRST),
    "unsupported_formats/pano.jsonl": ("pano", 1, {}, FIRST),
    "unsupported_formats/pano.csv": ("pano", 1, {}, FIRST),
    "unsupported_formats/spotify_history.csv": ("spotify_csv", 1, {}, FIRST),
    "unsupported_formats/tidal_streaming.csv": ("tidal", 1, {}, FIRST),
    "unsupported_formats/Apple Music Play Activity.csv": ("apple_music", 0, {"artist_not_beside": 1}, None),
    "zip_inside_zip/all_my_exports.zip": ("spotify_extended", 1, {}, None),
    "zip_inside_zip/folder": ("spotify_extended", 1, {}, None),
    "zip_inside_zip/takeout.tgz": ("spotify_extended", 1, {}, None),
}


@pytest.mark.parametrize("case", READ)
def test_a_reported_input_is_read_as_expected(case: str) -> None:
    name, count, reasons, first = READ[case]
    (file,) = read_path(CASES / case).files
    batches = list(file.batches())
    starts = [str(start) for batch in batches for start in batch.plays["listened_at"]]
    assert (file.source.name, len(starts)) == (name, count)
    assert Counter(reason for batch in batches for reason in batch.rejected["reason"]) == reasons
    assert first in (None, *starts[:1])


@pytest.mark.parametrize(
    ("file", "names"),
    [
        ("scrobbles.csv", [("Björn Ålund", "Für Elke"), ("Señor Ñandú", "Olé")]),
        ("sibling_cp1251.csv", [("Пошта", "Танцы")]),
        ("sibling_shift_jis.csv", [("きのこ", "雨の日")]),
    ],
)
def test_a_table_in_another_encoding_keeps_its_names(file: str, names: list[tuple[str, str]]) -> None:
    reading = read_path(CASES / "csv_windows_1252" / file)
    plays = [play for found in reading.files for batch in found.batches() for play in batch.plays.to_dicts()]
    assert [(play["artist_credit"], play["title"]) for play in plays] == names
    assert [problem.text.partition(":")[0] for problem in reading.problems] == ["is not UTF-8"]


def test_an_encoding_that_cannot_be_told_refuses_the_rows_and_lands_no_name(small: Root, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes("artist,track,timestamp\n周杰伦,晴天,1741088700\n".encode("gb18030"))
    found = document(small.path, "import", path, "--listener", "ana", code=2)
    assert found["plays"] == {"accepted": 0, "duplicate": 0, "rejected": {"not_utf8": 1}}


@pytest.mark.parametrize("name", ["endvideo.json", "Streaming_History_Video_2021.json"])
def test_a_music_video_is_a_video_in_the_older_file_as_well(name: str) -> None:
    (file,) = read_path(CASES / "spotify_endvideo_old_name" / name).files
    assert [media for batch in file.batches() for media in batch.plays["media"]] == ["video"]


def test_localised_folders_and_macos_twins_are_passed_over() -> None:
    (archive,) = [path for path in (CASES / "zip_localised_and_macosx").iterdir() if path.suffix == ".zip"]
    reading = read_path(archive)
    assert sum(batch.plays.height for file in reading.files for batch in file.batches()) == 2


def test_spellings_of_one_song_are_one_recording(tmp_path: Path) -> None:
    run(tmp_path, "import", CASES / "unicode_forms" / "scrobbles.csv", "--listener", "ana")
    run(tmp_path, "build")
    rows = document(tmp_path, "show", "top_recordings", "--year", 2025)
    assert max(row["listen_count"] for row in rows) > 1


@pytest.mark.parametrize(("zone", "said"), [("EST", "America/New_York"), ("Etc/GMT+2", "is UTC-2"), ("MST", "America/Denver")])
def test_a_zone_without_summer_time_is_taken_with_a_warning(tmp_path: Path, zone: str, said: str) -> None:
    found = run(tmp_path, "import", CASES / "time_zone_names", "--listener", "ana", "--time-zone", zone)
    assert said in found.stderr


def test_a_zone_in_any_case_is_known_and_an_abbreviation_suggests_a_place(tmp_path: Path) -> None:
    run(tmp_path, "import", CASES / "time_zone_names", "--listener", "ana", "--time-zone", "america/new_york")
    assert (
        "America/Los_Angeles"
        in run(tmp_path, "import", CASES / "time_zone_names", "--listener", "ana", "--time-zone", "pst", code=2).stderr
    )


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("search-history.json", "[]", "this is YouTube's search history"),
        ("Playlist1.json", '{"playlists": [{"name": "x", "items": []}]}', "list of playlists"),
        ("x.csv", "first_name,last_name,age\nA,B,3\n", "a table of 3 columns between commas"),
        ("Library.xml", "<?xml?><plist><dict><key>Tracks</key></dict></plist>", "iTunes library"),
    ],
)
def test_a_file_that_is_something_else_is_called_what_it_is(tmp_path: Path, name: str, content: str, said: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=said):
        read_path(tmp_path / name)
