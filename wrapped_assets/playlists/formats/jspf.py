"""JSPF with the MusicBrainz extension: every track that is known, or strictly those that ListenBrainz imports.

ListenBrainz asks for a title, and for every track an address https://musicbrainz.org/recording/<uuid>; it reads
extensions as plain objects, where the draft would wrap them in lists.
"""

from __future__ import annotations

import json
from typing import Any

from wrapped_assets.kernels.one_line import one_line
from wrapped_assets.playlists.formats.addresses import annotation, credit, left_out, length_ms, listens, musicbrainz, spotify_url
from wrapped_assets.playlists.formats.contract import PlaylistData, PlaylistFormat, PlaylistTrack, Rendered

PLAYLIST_EXTENSION = "https://musicbrainz.org/doc/jspf#playlist"
TRACK_EXTENSION = "https://musicbrainz.org/doc/jspf#track"


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in (None, "", [], {})}


def _track(track: PlaylistTrack, identifier: str | None) -> dict[str, Any]:
    url = spotify_url(track)
    extension = _known({
        "artist_identifiers": [address for mbid in track.artist_mbids if (address := musicbrainz("artist", mbid))],
        "release_identifier": musicbrainz("release", track.release_mbid),
    })  # fmt: skip
    return _known({
        "identifier": [identifier] if identifier else [],
        "location": [url] if url else [],
        "title": one_line(track.recording_name),
        "creator": credit(track),
        "annotation": listens(track),
        "album": one_line(track.release_group_name),
        "duration": length_ms(track),
        "extension": {TRACK_EXTENSION: extension} if extension else {},
    })  # fmt: skip


def render(playlist: PlaylistData) -> Rendered:
    """The playlist, private once imported, with every track that has a name or an address.

    ListenBrainz refuses a track without a MusicBrainz recording, so such a track is reported as passed over.
    """
    return _written(playlist, is_strict=False)


def render_for_listenbrainz(playlist: PlaylistData) -> Rendered:
    """The same without the tracks that ListenBrainz refuses: those without a MusicBrainz recording."""
    return _written(playlist, is_strict=True)


def _written(playlist: PlaylistData, *, is_strict: bool) -> Rendered:
    tracks, missing, passed_over = [], [], []
    for track in playlist.tracks:
        identifier = musicbrainz("recording", track.recording_mbid)
        if is_strict and not identifier:
            missing.append(left_out(track, "no MusicBrainz recording is known, and ListenBrainz refuses a track without one"))
            continue
        if not (identifier or one_line(track.recording_name) or spotify_url(track)):
            missing.append(left_out(track, "neither a name nor an address is known"))
            continue
        tracks.append(_track(track, identifier))
        if not identifier:
            passed_over.append(left_out(track, "no MusicBrainz recording is known; ListenBrainz refuses a track without one"))
    note = f"{len(tracks) - len(passed_over)} of {len(playlist.tracks)} tracks have a MusicBrainz recording." if passed_over else ""
    if note:
        note += " ListenBrainz refuses a playlist with the others; --listenbrainz leaves them out."
    body = _known({
        "title": one_line(playlist.title) or "Playlist",
        "creator": one_line(playlist.listener_name),
        "annotation": annotation(playlist, note),
        "date": f"{playlist.created.isoformat()}T00:00:00+00:00",
        "extension": {PLAYLIST_EXTENSION: {"public": False}},
    })  # fmt: skip
    document = {"playlist": {**body, "track": tracks}}
    return Rendered((json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode(), tuple(missing), tuple(passed_over), note)


JSPF = PlaylistFormat("jspf", ".jspf", "application/json", render, render_for_listenbrainz)
