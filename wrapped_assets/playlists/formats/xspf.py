"""XSPF version 1: an address to play in <location>, the MusicBrainz recording in <identifier>."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from wrapped_assets.kernels.one_line import one_line
from wrapped_assets.playlists.formats.addresses import annotation, credit, left_out, length_ms, listens, musicbrainz, spotify_url
from wrapped_assets.playlists.formats.contract import PlaylistData, PlaylistFormat, PlaylistTrack, Rendered

NAMESPACE = "http://xspf.org/ns/0/"


def _add(parent: ET.Element, name: str, text: str | int | None) -> None:
    if text not in (None, ""):
        ET.SubElement(parent, name).text = str(text)


def _add_track(track_list: ET.Element, track: PlaylistTrack) -> None:
    element = ET.SubElement(track_list, "track")
    _add(element, "location", spotify_url(track))
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
    located = sum(spotify_url(track) is not None for track in playlist.tracks)
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
    for track in playlist.tracks:
        address = spotify_url(track)
        if not (address or one_line(track.recording_name) or musicbrainz("recording", track.recording_mbid)):
            missing.append(left_out(track, "neither a name nor an address is known"))
            continue
        _add_track(track_list, track)
        if address is None:
            passed_over.append(left_out(track, "no address to play it from is known; many players skip such a track"))
    ET.indent(root)
    xml = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return Rendered(xml + b"\n", tuple(missing), tuple(passed_over), note)


XSPF = PlaylistFormat("xspf", ".xspf", "application/xspf+xml", render)
