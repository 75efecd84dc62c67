"""Extended M3U in UTF-8: seconds, "Artist - Title" and an address or a file's path a track."""

from __future__ import annotations

import re
from pathlib import PurePath

from wrapped_assets.kernels.one_line import one_line
from wrapped_assets.playlists.formats.addresses import credit, left_out, length_ms, spotify_url, unlocated
from wrapped_assets.playlists.formats.contract import PlaylistData, PlaylistFormat, Rendered

_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")  # in a path: they would end the line, or are not read back
UNWRITABLE = "its file's name has signs that M3U cannot hold; xspf holds any name"


def render(playlist: PlaylistData) -> Rendered:
    """The playlist; a track without an address is left out, because an entry is its address."""
    lines = []
    missing = []
    for track in playlist.tracks:
        address = _entry(track.file) if playlist.is_local else spotify_url(track)
        if address is None:
            is_unwritable = track.file is not None
            missing.append(left_out(track, UNWRITABLE if is_unwritable else unlocated(playlist)))
            continue
        milliseconds = length_ms(track)
        seconds = -1 if milliseconds is None else max(1, round(milliseconds / 1000))  # -1: the format's word for unknown
        title = one_line(track.recording_name) or "Unknown title"
        lines += [f"#EXTINF:{seconds},{credit(track) or 'Unknown artist'} - {title}", address]
    head = ["#EXTM3U", f"#PLAYLIST:{one_line(playlist.title) or 'Playlist'}"]
    located = f"{len(playlist.tracks) - len(missing)} of {len(playlist.tracks)} tracks have"
    note = f"{located} {'a file in the library' if playlist.is_local else 'an address'}." if missing else ""
    if note:
        head.append(f"# {note} The others are left out.")
    return Rendered("".join(f"{line}\n" for line in (*head, *lines)).encode(), tuple(missing), note=note)


def _entry(file: str | None) -> str | None:
    """A file's path as a line; None where the format has no way to write it."""
    if file is None or _BREAKS.search(file) or file != file.rstrip() or not _is_text(file):
        return None
    is_mistaken = file[0] in "# " or ":" in file.split("/")[0]  # for a comment, for a space around a line, for a scheme
    return f"./{file}" if is_mistaken and not PurePath(file).is_absolute() else file


def _is_text(file: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in file)


M3U8 = PlaylistFormat("m3u8", ".m3u8", "application/vnd.apple.mpegurl", render, holds_files=True)
M3U = PlaylistFormat("m3u", ".m3u", "audio/x-mpegurl", render, holds_files=True)  # the same bytes, under the name that MPD looks for
