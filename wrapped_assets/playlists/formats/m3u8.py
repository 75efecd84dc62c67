"""Extended M3U in UTF-8: seconds, "Artist - Title" and an address a track."""

from __future__ import annotations

from wrapped_assets.kernels.one_line import one_line
from wrapped_assets.playlists.formats.addresses import credit, left_out, length_ms, spotify_url
from wrapped_assets.playlists.formats.contract import PlaylistData, PlaylistFormat, Rendered


def render(playlist: PlaylistData) -> Rendered:
    """The playlist; a track without an address is left out, because an entry is its address."""
    lines = []
    missing = []
    for track in playlist.tracks:
        address = spotify_url(track)
        if address is None:
            missing.append(left_out(track, "no address to play it from is known"))
            continue
        milliseconds = length_ms(track)
        seconds = -1 if milliseconds is None else max(1, round(milliseconds / 1000))  # -1: the format's word for unknown
        title = one_line(track.recording_name) or "Unknown title"
        lines += [f"#EXTINF:{seconds},{credit(track) or 'Unknown artist'} - {title}", address]
    head = ["#EXTM3U", f"#PLAYLIST:{one_line(playlist.title) or 'Playlist'}"]
    if missing:
        head.append(f"# {len(missing)} of {len(playlist.tracks)} tracks are left out: no address to play them from is known.")
    return Rendered("".join(f"{line}\n" for line in (*head, *lines)).encode(), tuple(missing))


M3U8 = PlaylistFormat("m3u8", ".m3u8", "application/vnd.apple.mpegurl", render)
M3U = PlaylistFormat("m3u", ".m3u", "audio/x-mpegurl", render)  # the same bytes, under the name that MPD looks for
