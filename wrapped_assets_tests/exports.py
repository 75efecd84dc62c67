"""Exports as services give them, written from the short notation of worked examples."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from wrapped_assets.contracts.examples import plays_of


def spotify_rows(text: str) -> list[dict[str, Any]]:
    """The records of a Spotify extended streaming history with these plays."""
    return [
        {
            "ts": (row["listened_at"] + timedelta(milliseconds=row["ms_played"])).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "ms_played": row["ms_played"],
            "conn_country": "NO",
            "ip_addr": "192.0.2.1",
            "master_metadata_track_name": row["title"],
            "master_metadata_album_artist_name": row["artist_names"][0],
            "master_metadata_album_album_name": row["release_group_name"] or f"album of {row['title']}",
            "spotify_track_uri": None,
            "episode_name": None,
            "episode_show_name": None,
            "spotify_episode_uri": None,
            "reason_start": "trackdone",
            "reason_end": "trackdone",
            "shuffle": False,
            "skipped": False,
            "offline": False,
            "offline_timestamp": None,
            "incognito_mode": row["is_private"],
        }
        for row in plays_of(text).to_dicts()
    ]


def spotify_file(folder: Path, plays: str | list[dict[str, Any]], name: str = "Streaming_History_Audio_2023-2025_0.json") -> Path:
    """A file of a Spotify extended streaming history."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(json.dumps(spotify_rows(plays) if isinstance(plays, str) else plays))
    return path
