"""The comma-separated form that Exportify writes and transfer services read."""

from __future__ import annotations

import csv
import io
import re

from wrapped_assets.kernels.formulas import without_formulas
from wrapped_assets.kernels.one_line import one_line
from wrapped_assets.playlists.formats.addresses import credit, left_out, length_ms, spotify_uri
from wrapped_assets.playlists.formats.contract import PlaylistData, PlaylistFormat, PlaylistTrack, Rendered

COLUMNS = ("Track URI", "Track Name", "Album Name", "Artist Name(s)", "Release Date", "Duration (ms)", "ISRC")
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")


def _row(track: PlaylistTrack) -> list[str]:
    artists = [one_line(name).replace(";", ",") for name in track.artist_names]
    isrc = (track.isrc or "").upper().replace("-", "")
    return [
        spotify_uri(track) or "",
        without_formulas(one_line(track.recording_name)),
        without_formulas(one_line(track.release_group_name)),
        without_formulas(";".join(filter(None, artists)) or credit(track).replace(";", ",")),
        "",  # a recording has many release dates, and none is known here; the column is part of the form
        str(length_ms(track) or ""),
        isrc if _ISRC.fullmatch(isrc) else "",
    ]


def render(playlist: PlaylistData) -> Rendered:
    """The playlist with a byte order mark, by which spreadsheets know UTF-8; a track with neither name nor URI is left out."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    missing = []
    for track in playlist.tracks:
        row = _row(track)
        if row[0] or row[1]:
            writer.writerow(row)
        else:
            missing.append(left_out(track, "neither a name nor a Spotify track address is known"))
    return Rendered(text.getvalue().encode("utf-8-sig"), tuple(missing))


CSV = PlaylistFormat("csv", ".csv", "text/csv; charset=utf-8", render)
