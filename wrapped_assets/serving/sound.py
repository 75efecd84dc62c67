"""Excerpts of the listener's own files for the cards of a page: of the first songs of the year."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from wrapped_assets.building.situate import Project
from wrapped_assets.library.excerpts import excerpt
from wrapped_assets.library.search import found_in
from wrapped_assets.serving.rows import displayed
from wrapped_assets.serving.telling import playlist_of
from wrapped_assets.serving.tracks import track_details
from wrapped_assets.storage import registry
from wrapped_assets.storage.registry import Listener
from wrapped_assets.stories.page import Sound

SONGS = 10  # whose files are looked for
CARDS = ("top_song", "top_recordings", "finale")  # the first sounds the year's song and nothing else


@dataclass(frozen=True)
class Sounds:
    """The sound of each card that has one, how many of the songs had a file, and how many of these could be cut."""

    of_cards: dict[str, Sound]
    looked_for: int
    found: int
    cut: int


def sounds_of(project: Project, listener: Listener, year: int, library: Path, progress: Callable[[int], None] = lambda _: None) -> Sounds:
    """Looks for the year's first songs in the library. Nothing is kept of it, and no path is part of what it gives."""
    rows = displayed(project.root, project.graph, "insights/top_recordings", [year], listener).head(SONGS)
    window_end = registry.editions(project.root, [year])[year].rules.window_end
    details = track_details(project.root, rows["recording_id"], listener, [year], all_names=True)
    songs = playlist_of(rows, details, listener, ("", ""), window_end)
    files = found_in(library, songs.tracks, progress).files
    cut = {track.position: found for track in songs.tracks if (path := files.get(track.position)) and (found := excerpt(path))}
    titles = {track.position: track.recording_name or "–" for track in songs.tracks}
    sounds = {
        position: Sound(titles[position], f"data:{found.media_type};base64,{b64encode(found.content).decode()}")
        for position, found in cut.items()
    }
    others = [sounds[position] for position in sorted(sounds) if position > 1]
    chosen = {CARDS[0]: sounds[1]} if 1 in sounds else {}
    return Sounds(chosen | dict(zip(CARDS[1:], others, strict=False)), len(songs.tracks), len(files), len(cut))
