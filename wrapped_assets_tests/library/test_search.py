"""A playlist's tracks are found among real audio files, by tags and by names, and nothing that lies beside stops the search."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from wrapped_assets.library.search import found_in
from wrapped_assets.playlists.formats.contract import PlaylistTrack
from wrapped_assets_tests.library.audio import flac, ogg, wav

MBID = "9c8f6e3c-0a1b-4222-8333-000000000001"


def _track(title: str, artist: str, **further) -> PlaylistTrack:
    return PlaylistTrack(1, title, artist, [artist], **further)


def _found(library: Path, track: PlaylistTrack) -> str | None:
    path = found_in(library, [track]).files.get(1)
    return None if path is None else str(path.relative_to(library))


@pytest.mark.parametrize(
    ("title", "artist", "is_found"),
    [
        ("Night Bus", "Nadir Oz", True), ("night bus - 2011 Remaster", "NADIR OZ", True), ("Night Bus (feat. Bo)", "Nadir Oz", True),
        ("Night Bus", "Nadir Oz & Bo", True), ("Night Bus - Live", "Nadir Oz", False), ("Night Bus", "Bo", False),
        ("Bus", "Nadir Oz", False),
    ],
)  # fmt: skip
def test_names_are_compared_as_plays_are(tmp_path: Path, title: str, artist: str, is_found: bool) -> None:
    ogg(tmp_path / "x.ogg", title="Night Bus", artist="Nadir Oz")
    assert _found(tmp_path, _track(title, artist)) == ("x.ogg" if is_found else None)


def test_a_recording_stands_before_another_version_of_the_song(tmp_path: Path) -> None:
    flac(tmp_path / "a.flac", title="Night Bus (feat. Bo)", artist="Oz")
    ogg(tmp_path / "b.ogg", title="Night Bus", artist="Oz")
    assert _found(tmp_path, _track("Night Bus", "Oz")) == "b.ogg"
    assert _found(tmp_path, _track("Night Bus (ft. Bo)", "Oz")) == "a.flac"


def test_each_artist_of_a_tag_or_the_credit_as_displayed_is_compared(tmp_path: Path) -> None:
    flac(tmp_path / "a.flac", title="One", artist="Oz feat. Bo", artists=["Oz", "Bo"])
    flac(tmp_path / "b.flac", title="Two", artist=["Oz", "Bo"])
    for title, file in (("One", "a.flac"), ("Two", "b.flac")):
        for track in (PlaylistTrack(1, title, "Oz, Bo", ["Oz", "Bo"]), _track(title, "Oz"), _track(f"{title} (feat. Bo)", "Oz")):
            assert _found(tmp_path, track) == file


def test_an_id_counts_where_title_or_artist_agrees(tmp_path: Path) -> None:
    flac(tmp_path / "a.flac", title="Nachtbus", artist="Nadir Oz", musicbrainz_trackid=MBID.upper())
    ogg(tmp_path / "b.ogg", title="Third Rail", artist="B", isrc="GB-AYE-06-01498")
    assert _found(tmp_path, _track("Night Bus", "Nadir Oz", recording_mbid=MBID)) == "a.flac"
    assert _found(tmp_path, _track("Night Bus", "Bo", recording_mbid=MBID)) is None
    assert _found(tmp_path, _track("Third Rail", "Blanka Ferro", isrc="GBAYE0601498")) == "b.ogg"


def test_the_names_that_a_history_links_count_too(tmp_path: Path) -> None:
    ogg(tmp_path / "x.ogg", title="Third Rail", artist="BLFR")
    linked = {"recording_name": "Third Rail", "artist_name": "BLFR", "artist_names": ["BLFR"]}
    assert _found(tmp_path, _track("Third Rail", "Bella Ferro")) is None
    assert _found(tmp_path, _track("Third Rail", "Bella Ferro", other_names=[linked])) == "x.ogg"


@pytest.mark.parametrize(
    "name",
    [
        "Nadir Oz - 99 Roads.wav", "01 - Nadir Oz - 99 Roads.wav", "Nadir Oz - Album - 07 - 99 Roads.wav", "Nadir Oz/Album/07 99 Roads.wav",
        "Nadir Oz/Album/99 Roads.wav", "Nadir Oz/Album (2011)/CD 2/2-07. 99 Roads.wav", "Nadir Oz - Album/07. 99 Roads.wav",
        "Nadir_Oz_-_99_Roads.wav", "n/Nadir Oz/99 Roads (Official Audio).ape", "Nadir Oz/07 - 99 Roads (2020 Remaster).WAV",
    ],
)  # fmt: skip
def test_files_without_tags_are_found_by_their_names(tmp_path: Path, name: str) -> None:
    wav(tmp_path / name)
    assert _found(tmp_path, _track("99 Roads", "Nadir Oz")) == name
    assert _found(tmp_path, _track("99 Roads", "Album")) is None or name.startswith("Nadir Oz/Album/")


def test_a_missing_tag_is_taken_from_the_names_and_tags_stand_before_names(tmp_path: Path) -> None:
    ogg(tmp_path / "Oz" / "Album" / "01 Wrong.ogg", title="Right")
    ogg(tmp_path / "Oz - Wrong.ogg", title="Other", artist="Bo")
    assert _found(tmp_path, _track("Right", "Oz")) == "Oz/Album/01 Wrong.ogg"
    assert _found(tmp_path, _track("Wrong", "Oz")) is None


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_unicode_forms_are_one_name_and_the_path_stays_as_it_is(tmp_path: Path, form: str) -> None:
    name = unicodedata.normalize(form, "Ásgeir - Dýrð í dauðaþögn.wav")
    wav(tmp_path / name)
    for other in ("NFC", "NFD"):
        assert _found(tmp_path, _track(unicodedata.normalize(other, "Dýrð í dauðaþögn"), unicodedata.normalize(other, "Ásgeir"))) == name


def test_of_several_files_the_best_comes_first_in_a_total_order(tmp_path: Path) -> None:
    track = _track("T", "A")
    names = ["z/hires.flac", "a/cd.flac", "b/cd.flac", "a/320.ogg", "b/128.ogg", "a/A - T.ape"]
    flac(tmp_path / names[0], rate=88_200, title="T", artist="A")
    for name in names[1:3]:
        flac(tmp_path / name, title="T", artist="A")
    for name, rate in zip(names[3:5], (320, 128), strict=True):
        ogg(tmp_path / name, kilobits=rate, title="T", artist="A")
    wav(tmp_path / names[5])
    for name in names:
        assert _found(tmp_path, track) == name
        (tmp_path / name).unlink()


def test_what_is_no_audio_file_is_passed_over_and_what_cannot_be_read_is_counted(tmp_path: Path) -> None:
    good = ogg(tmp_path / "deep" / "good.ogg", title="T", artist="A")
    bad = {"flac": b"fLaC\x04\xff\xff\xff", "mp3": b"ID3\x04\0\0\x7f\x7f\x7f\x7f", "m4a": b"\0" * 40}
    for name, content in ((f"A - T.{suffix}", content) for suffix, content in bad.items()):
        (tmp_path / name).write_bytes(content)
    (tmp_path / "A - T.wav").touch()
    (tmp_path / "._A - T.wav").write_bytes(good.read_bytes())
    (tmp_path / ".hidden").mkdir()
    wav(tmp_path / ".hidden" / "A - T.wav")
    (tmp_path / "A - T.txt").write_text("no music")
    os.mkfifo(tmp_path / "A - T.aac")  # to open it would wait for ever
    (tmp_path / "A - T.ogg").symlink_to(tmp_path / "nowhere")
    (tmp_path / "A - T.opus").symlink_to(tmp_path / "A - T.opus")
    (tmp_path / "deep" / "up").symlink_to(tmp_path)
    (tmp_path / "a folder.mp3").mkdir()
    wav(tmp_path / os.fsdecode(b"A - \xff.wav"))
    found = found_in(tmp_path, [_track("T", "A")])
    assert found.files == {1: good}
    assert (found.audio, found.unreadable) == (5, 5)  # the two links and the three files with bad contents


def test_links_are_followed_once_and_after_what_they_lead_to(tmp_path: Path) -> None:
    elsewhere, library = tmp_path / "elsewhere", tmp_path / "library"
    ogg(elsewhere / "x.ogg", title="T", artist="A")
    library.mkdir()
    (library / "linked").symlink_to(elsewhere)
    (library / "again").symlink_to(library / "linked")
    found = found_in(library, [_track("T", "A")])
    assert (found.audio, found.files) == (1, {1: library / "again" / "x.ogg"})
    ogg(library / "z" / "x.ogg", title="T", artist="A")
    (library / "a").symlink_to(library / "z")
    assert _found(library, _track("T", "A")) == "again/x.ogg"
    assert found_in(library, [_track("T", "A")]).audio == 2


def test_a_library_larger_than_a_batch_gives_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tracks = [PlaylistTrack(n, f"T{n}", "A", ["A"]) for n in range(1, 20)]
    for n in range(1, 20):
        ogg(tmp_path / f"{n % 3}" / f"{n}.ogg", title=f"T{n}", artist="A")
    whole = found_in(tmp_path, tracks)
    monkeypatch.setattr("wrapped_assets.library.search.BATCH", 2)
    assert found_in(tmp_path, tracks) == whole
    assert len(whole.files) == 19


def test_nothing_to_find_and_nothing_to_look_at_are_no_errors(tmp_path: Path) -> None:
    assert found_in(tmp_path, [PlaylistTrack(1)]).files == {}
    ogg(tmp_path / "x.ogg", title="T", artist="A")
    assert found_in(tmp_path, []).files == {}
    assert found_in(tmp_path, [PlaylistTrack(1), PlaylistTrack(2, "T", None, ["A"])]).files == {2: tmp_path / "x.ogg"}
