"""XSPF version 1: an address or file to play in <location>, the MusicBrainz recording in <identifier>."""

from __future__ import annotations

import os
import xml.etree.ElementTree as ET
from pathlib import PurePath
from urllib.parse import quote

from wrapped_assets.kernels.one_line import one_line
from wrapped_assets.playlists.formats.addresses import annotation, credit, left_out, length_ms, listens, musicbrainz, spotify_url, unlocated
from wrapped_assets.playlists.formats.contract import PlaylistData, PlaylistFormat, PlaylistTrack, Rendered

NAMESPACE = "http://xspf.org/ns/0/"


def _add(parent: ET.Element, name: str, text: str | int | None) -> None:
    if text not in (None, ""):
        ET.SubElement(parent, name).text = str(text)


def _location(playlist: PlaylistData, track: PlaylistTrack) -> str | None:
    """What players open: a `file:` address, one relative to the playlist, or a web address."""
    if not playlist.is_local:
        return spotify_url(track)
    if track.file is None:
        return None
    path = PurePath(track.file)
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))


def _add_track(track_list: ET.Element, track: PlaylistTrack, location: str | None) -> None:
    element = ET.SubElement(track_list, "track")
    _add(element, "location", location)
    _add(element, "identifier", musicbrainz("recording", track.recording_mbid))
    _add(element, "title", one_line(track.recording_name))
    _add(element, "creator", credit(track))
    _add(element, "annotation", listens(track))
    _add(element, "album", one_line(track.release_group_name))
    _add(element, "duration", length_ms(track))


def render(playlist: PlaylistData) -> Rendered:
    """The playlist with every track that has a name or an address.

    A track without <location> is valid and stays: resolvers find it by its identifier or names. Players that only play
    addresses skip it silently, so it is reported as passed over, and the playlist's annotation counts the tracks that have one.
    """
    locations = [_location(playlist, track) for track in playlist.tracks]
    located = len(locations) - locations.count(None)
    note = f"{located} of {len(playlist.tracks)} tracks have a location." if located < len(playlist.tracks) else ""
    if note:
        note += " Players that open nothing but locations skip the others."
    root = ET.Element("playlist", {"version": "1", "xmlns": NAMESPACE})
    _add(root, "title", one_line(playlist.title) or "Playlist")
    _add(root, "creator", one_line(playlist.listener_name))
    _add(root, "annotation", annotation(playlist, note))
    _add(root, "date", f"{playlist.created.isoformat()}T00:00:00+00:00")
    track_list = ET.SubElement(root, "trackList")
    missing, passed_over = [], []
    for track, address in zip(playlist.tracks, locations, strict=True):
        if not (address or one_line(track.recording_name) or musicbrainz("recording", track.recording_mbid)):
            missing.append(left_out(track, "neither a name nor an address is known"))
            continue
        _add_track(track_list, track, address)
        if address is None:
            passed_over.append(left_out(track, f"{unlocated(playlist)}; many players skip such a track"))
    ET.indent(root)
    xml = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return Rendered(xml + b"\n", tuple(missing), tuple(passed_over), note)


XSPF = PlaylistFormat("xspf", ".xspf", "application/xspf+xml", render, holds_files=True)
