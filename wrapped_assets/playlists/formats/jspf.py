"""JSPF with the MusicBrainz extension, as ListenBrainz imports it.

ListenBrainz asks for a title, and for every track an address https://musicbrainz.org/recording/<uuid>; it reads
extensions as plain objects, where the draft would wrap them in lists.
"""

from __future__ import annotations

import json
from typing import Any

from wrapped_assets.kernels.one_line import one_line
from wrapped_assets.playlists.formats.addresses import credit, left_out, length_ms, musicbrainz, spotify_url
from wrapped_assets.playlists.formats.contract import PlaylistData, PlaylistFormat, PlaylistTrack, Rendered

PLAYLIST_EXTENSION = "https://musicbrainz.org/doc/jspf#playlist"
TRACK_EXTENSION = "https://musicbrainz.org/doc/jspf#track"


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in (None, "", [], {})}


def _track(track: PlaylistTrack, identifier: str) -> dict[str, Any]:
    url = spotify_url(track)
    extension = _known({
        "artist_identifiers": [address for mbid in track.artist_mbids if (address := musicbrainz("artist", mbid))],
        "release_identifier": musicbrainz("release", track.release_mbid),
    })  # fmt: skip
    return _known({
        "identifier": [identifier],
        "location": [url] if url else [],
        "title": one_line(track.recording_name),
        "creator": credit(track),
        "album": one_line(track.release_group_name),
        "duration": length_ms(track),
        "extension": {TRACK_EXTENSION: extension} if extension else {},
    })  # fmt: skip


def render(playlist: PlaylistData) -> Rendered:
    """The playlist, private once imported; a track without a MusicBrainz recording is left out."""
    tracks, missing = [], []
    for track in playlist.tracks:
        if identifier := musicbrainz("recording", track.recording_mbid):
            tracks.append(_track(track, identifier))
        else:
            missing.append(left_out(track, "no MusicBrainz recording is known, and ListenBrainz refuses a track without one"))
    body = _known({
        "title": one_line(playlist.title) or "Playlist",
        "creator": one_line(playlist.listener_name),
        "annotation": one_line(playlist.description),
        "date": f"{playlist.created.isoformat()}T00:00:00+00:00",
        "extension": {PLAYLIST_EXTENSION: {"public": False}},
    })  # fmt: skip
    document = {"playlist": {**body, "track": tracks}}
    return Rendered((json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode(), tuple(missing))


JSPF = PlaylistFormat("jspf", ".jspf", "application/json", render)
