"""The bundled household: four invented listeners, their exports as real services write them, and who they are."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from wrapped_synthesis import household_scrobbles as scrobbles
from wrapped_synthesis import household_spotify as spotify
from wrapped_synthesis.household_catalogue import household_catalogue
from wrapped_synthesis.household_lives import CONSENTS, GROUPS, JARRAH, KAEDE, LIVES, MIRA, OSKAR
from wrapped_synthesis.household_music import songs
from wrapped_synthesis.household_plays import Play, plays_of, skipped_run

HOUSEHOLD_SEED = 2025
HOUSEHOLD_YEARS = (2024, 2025)
_PRIVATE_PLAYS = 6


def synthesise_household(seed: int, years: Sequence[int], out: Path) -> list[Path]:
    """Writes a folder of exports for each listener, what a catalogue knows of their music, what they agreed to, and `household.json`,
    which names them; returns the files' paths.

    The same seed and years give the same bytes, with the same zlib: another one may compress the same members otherwise.
    """
    if len(set(years)) < 2:
        raise ValueError(f"expected two or more years, got {list(years)}: discoveries and comebacks need a year before")
    music = songs()
    plays = {life.name: plays_of(life, music, seed, sorted(set(years))) for life in LIVES}
    mira = _private_session(skipped_run(plays[MIRA.name], len(plays[MIRA.name]) // 2, 8))
    autumn = int(datetime(max(years), 9, 1, tzinfo=UTC).timestamp()) * 1000
    files = {
        "mira/my_spotify_data_extended.zip": zipped(spotify.extended(mira)),
        "mira/my_spotify_data.zip": zipped(spotify.short(mira, mira, autumn)),
        f"jarrah/listenbrainz_{JARRAH.name}.zip": zipped(scrobbles.listenbrainz(plays[JARRAH.name], JARRAH.name)),
        "kaede/lastfm.zip": zipped(scrobbles.lastfm(plays[KAEDE.name], KAEDE.name)),
        "oskar/maloja_export.json": scrobbles.maloja(plays[OSKAR.name]),
    }
    files["household.json"] = _register(seed, years, list(files))
    files |= {f"catalogue/{name}": content for name, content in household_catalogue(music).items()}
    files["consents.csv"] = "".join(f"{','.join(row)}\n" for row in (("listener", "purpose", "state", "valid_from"), *CONSENTS)).encode()
    written = []
    for name, content in files.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written.append(path)
    return written


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip whose bytes depend on its members alone: fixed times, rights and order."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, date_time=(2026, 1, 2, 0, 0, 0))
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
            archive.writestr(entry, content, compresslevel=9)
    return target.getvalue()


def _private_session(plays: list[Play]) -> list[Play]:
    """The plays, of which some in the middle of the last year's spring were private."""
    start = len(plays) * 5 // 8
    return [
        *plays[:start],
        *(replace(play, is_private=True) for play in plays[start : start + _PRIVATE_PLAYS]),
        *plays[start + _PRIVATE_PLAYS :],
    ]


def _register(seed: int, years: Sequence[int], files: list[str]) -> bytes:
    """What an import needs to know beside the files."""
    listeners = [
        {
            "name": life.name,
            "time_zone": life.time_zone,
            "country": life.country,
            "place": life.place,
            "birth_year": life.birth_year,
            "files": [name for name in files if name.startswith(f"{life.name}/")],
        }
        for life in LIVES
    ]
    groups = [{"name": name, "listeners": list(members)} for name, members in GROUPS.items()]
    about = {"licence": "CC0-1.0", "seed": seed, "years": sorted(set(years)), "listeners": listeners, "groups": groups}
    return (json.dumps(about, ensure_ascii=False, indent=2) + "\n").encode()
