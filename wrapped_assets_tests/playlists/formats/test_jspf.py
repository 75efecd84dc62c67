"""JSPF is what the Xiph draft describes and what ListenBrainz imports."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from hypothesis import given, settings

from wrapped_assets.kernels.one_line import one_line
from wrapped_assets.playlists.formats.jspf import PLAYLIST_EXTENSION, TRACK_EXTENSION, render, render_for_listenbrainz
from wrapped_assets_tests.playlists.formats.examples import MIXED, playlists

TEXT, URI_LIST = str, "addresses"
PLAYLIST_FIELDS: dict[str, Any] = {
    "title": TEXT, "creator": TEXT, "annotation": TEXT, "info": TEXT, "location": TEXT, "identifier": TEXT, "image": TEXT, "date": TEXT,
    "license": TEXT, "attribution": list, "link": list, "meta": list, "extension": dict, "track": list,
}  # fmt: skip
TRACK_FIELDS: dict[str, Any] = {
    "location": URI_LIST, "identifier": URI_LIST, "title": TEXT, "creator": TEXT, "annotation": TEXT, "info": TEXT, "image": TEXT,
    "album": TEXT, "trackNum": int, "duration": int, "link": list, "meta": list, "extension": dict,
}  # fmt: skip
MBID = r"https://musicbrainz\.org/{}/[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}"
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")


def of_kind(value: Any, kind: Any) -> bool:
    if kind == URI_LIST:
        return isinstance(value, list) and all(isinstance(item, str) and re.match(r"[a-z]+:\S+$", item) for item in value)
    return type(value) is kind and (kind is not int or value >= 0)


def faults(document: Any, *, is_strict: bool = True) -> list[str]:
    """What the draft or ListenBrainz would refuse."""
    playlist = document.get("playlist", {})
    found = [f"{key} in the playlist" for key, value in playlist.items() if not of_kind(value, PLAYLIST_FIELDS.get(key))]
    found += ["no title"] * (not playlist.get("title", "").strip())
    found += ["date"] * ("date" in playlist and not INSTANT.fullmatch(playlist["date"]))
    found += ["public"] * (not isinstance(playlist.get("extension", {}).get(PLAYLIST_EXTENSION, {}).get("public"), bool))
    for track in playlist.get("track", [{}]):
        found += [f"{key} in a track" for key, value in track.items() if not of_kind(value, TRACK_FIELDS.get(key))]
        found += ["no recording"] * (
            is_strict and not any(re.fullmatch(MBID.format("recording"), item) for item in track.get("identifier", []))
        )
        extension = track.get("extension", {}).get(TRACK_EXTENSION, {})
        found += [item for item in extension.get("artist_identifiers", []) if not re.fullmatch(MBID.format("artist"), item)]
        release = extension.get("release_identifier")
        found += ["release"] * (release is not None and not re.fullmatch(MBID.format("release"), release))
    return found


def test_every_track_that_is_known_is_carried_and_the_annotation_counts_what_listenbrainz_refuses() -> None:
    rendered = render(MIXED)
    playlist = json.loads(rendered.content)["playlist"]
    assert faults({"playlist": playlist}, is_strict=False) == []
    assert [track["title"] for track in playlist["track"]] == ["Lantern Season", "Night Bus", "Demo 7", "Whistle"]
    assert ([out.position for out in rendered.left_out], [out.position for out in rendered.passed_over]) == ([5], [2, 4])
    assert playlist["annotation"] == f"What you played most, told by days. {rendered.note}"
    assert rendered.note.startswith("2 of 5 tracks have a MusicBrainz recording.")


def test_a_track_says_how_often_it_was_heard() -> None:
    heard = replace(MIXED, tracks=[replace(track, listen_count=count) for track, count in zip(MIXED.tracks, (1234, 1, 0), strict=False)])
    told = [track.get("annotation") for track in json.loads(render(heard).content)["playlist"]["track"]]
    assert told == ["1,234 listens", "1 listen", None]


def test_for_listenbrainz_a_track_without_a_musicbrainz_recording_is_left_out() -> None:
    rendered = render_for_listenbrainz(MIXED)
    document = json.loads(rendered.content)
    assert faults(document) == []
    first, second = document["playlist"]["track"]
    assert first["title"] == "Lantern Season"
    assert first["duration"] == 216_400
    assert first["location"] == [f"https://open.spotify.com/track/{1:022d}"]
    assert len(first["extension"][TRACK_EXTENSION]["artist_identifiers"]) == 1
    assert "location" not in second
    assert [(out.position, "MusicBrainz" in out.reason) for out in rendered.left_out] == [(2, True), (4, True), (5, True)]


def test_the_playlist_is_dated_by_its_edition_and_private() -> None:
    playlist = json.loads(render(MIXED).content)["playlist"]
    assert playlist["date"] == "2025-12-31T00:00:00+00:00"
    assert playlist["extension"] == {PLAYLIST_EXTENSION: {"public": False}}


def test_the_checker_sees_faults() -> None:
    assert faults({"playlist": {"title": " ", "track": [{"identifier": ["https://musicbrainz.org/recording/1"], "duration": -1}]}}) == [
        "no title", "public", "duration in a track", "no recording",
    ]  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(playlist=playlists)
def test_any_name_is_read_back(playlist) -> None:
    for rendered, is_strict in ((render(playlist), False), (render_for_listenbrainz(playlist), True)):
        document = json.loads(rendered.content)
        assert faults(document, is_strict=is_strict) == []
        assert len(document["playlist"]["track"]) + len(rendered.left_out) == len(playlist.tracks)
    assert document["playlist"]["title"] == (one_line(playlist.title) or "Playlist")
