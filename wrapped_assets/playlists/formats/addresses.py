"""Where a track is found elsewhere: MusicBrainz and Spotify addresses, given only where the id is well formed."""

from __future__ import annotations

import re

from wrapped_assets.kernels.one_line import one_line
from wrapped_assets.playlists.formats.contract import LeftOut, PlaylistData, PlaylistTrack

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SPOTIFY_TRACK = re.compile(r"spotify:track:([0-9A-Za-z]{22})")


def musicbrainz(entity: str, mbid: str | None) -> str | None:
    """The address of a recording, artist or release; None where the id is not a UUID."""
    lowered = (mbid or "").lower()
    return f"https://musicbrainz.org/{entity}/{lowered}" if _UUID.fullmatch(lowered) else None


def spotify_uri(track: PlaylistTrack) -> str | None:
    """`spotify:track:…`; None where there is none, or where it names a local file or an episode."""
    uri = track.spotify_uri or ""
    return uri if _SPOTIFY_TRACK.fullmatch(uri) else None


def spotify_url(track: PlaylistTrack) -> str | None:
    """The web address of the track on Spotify, which players and people can open."""
    found = _SPOTIFY_TRACK.fullmatch(track.spotify_uri or "")
    return f"https://open.spotify.com/track/{found.group(1)}" if found else None


def unlocated(playlist: PlaylistData) -> str:
    """Why a track has no address, where the playlist gives it none."""
    return "the library has no file of it" if playlist.is_local else "no address to play it from is known"


def credit(track: PlaylistTrack) -> str:
    """The artists as displayed, on one line; empty where none is known."""
    return one_line(track.artist_name) or ", ".join(filter(None, map(one_line, track.artist_names)))


def length_ms(track: PlaylistTrack) -> int | None:
    """The length; None where it is unknown or not a length."""
    return track.duration_ms if track.duration_ms is not None and track.duration_ms > 0 else None


def listens(track: PlaylistTrack) -> str:
    """How often the track was heard, as an annotation; empty where it was not, or where that is unknown."""
    count = track.listen_count or 0
    return f"{count:,} listen{'' if count == 1 else 's'}" if count > 0 else ""


def annotation(playlist: PlaylistData, note: str) -> str:
    """The playlist's description, and behind it what some of its readers pass over."""
    return " ".join(filter(None, (one_line(playlist.description), note)))


def left_out(track: PlaylistTrack, reason: str) -> LeftOut:
    """The report on one track."""
    return LeftOut(track.position, one_line(track.recording_name) or None, reason)
