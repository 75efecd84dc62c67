"""Spotify URIs, one a line: pasted into an empty playlist of the desktop application, they become its tracks."""

from __future__ import annotations

from wrapped_assets.playlists.formats.addresses import left_out, spotify_uri
from wrapped_assets.playlists.formats.contract import PlaylistData, PlaylistFormat, Rendered


def render(playlist: PlaylistData) -> Rendered:
    """The playlist's URIs in order; a track without one is left out."""
    uris = [uri for uri in map(spotify_uri, playlist.tracks) if uri]
    missing = tuple(left_out(track, "no Spotify track address is known") for track in playlist.tracks if not spotify_uri(track))
    return Rendered("".join(f"{uri}\n" for uri in uris).encode(), missing)


SPOTIFY = PlaylistFormat("spotify", ".txt", "text/plain; charset=utf-8", render)
