"""What is given from outside, as hashes: by input, period and bucket, each of a whole or of a column."""

from __future__ import annotations

import numpy as np
import polars as pl
import xxhash

from wrapped_assets.building.world import World
from wrapped_assets.contracts.graph import EXTERNALS
from wrapped_assets.kernels.hashing import frame_hashes
from wrapped_assets.planning.situation import NO_BUCKET
from wrapped_assets.storage.landing import NO_ROWS
from wrapped_assets.vocabulary.periods import period_year

Hashes = dict[tuple[str, str, int], dict[str, str]]
_LISTENERS, _EXCLUSIONS, _PROFILES = (EXTERNALS[name] for name in ("listeners", "exclusions", "profiles"))


def outside_hashes(world: World) -> Hashes:
    """(input, period, bucket) → part or column → hash, of everything that the world holds of its scope."""
    hashes: Hashes = {}
    for slot, found in world.chunks.items():
        hashes[slot] = {part: _combined([getattr(chunk, part) for chunk in found]) for part in ("whole", "head", "tail")}
    hashes.update(_people_hashes(world))
    for year, version in world.catalogues.items():
        if world.members is not None and world.members.height:
            hashes[EXTERNALS["groups"], str(year), NO_BUCKET] = frame_hashes(world.members)
        for asset, file in world.files.get(version, {}).items():
            hashes[asset, str(year), NO_BUCKET] = file.column_hashes
    return hashes


def _combined(hashes: list[str]) -> str:
    """One hash over the chunks of a cell; empty where none of them has a row there."""
    real = sorted({digest for digest in hashes if digest != NO_ROWS})
    return xxhash.xxh3_128("|".join(real).encode()).hexdigest() if real else ""


def _people_hashes(world: World) -> Hashes:
    """What the registry says of the listeners of each period and bucket, and of no others: a newcomer changes no old period."""
    digests: dict[str, tuple[np.ndarray, dict[str, np.ndarray]]] = {}
    for key, frame in world.people.items():
        digests[key] = _zones(frame) if key == _LISTENERS else _wishes(frame) if key == _EXCLUSIONS else _columns(frame)
    hashes: Hashes = {}
    for (period, bucket), present in world.listeners.items():
        for key, (ids, parts) in digests.items():
            if (key == _PROFILES) == ("-" in period):  # profiles are given by the year, the others by the month
                continue
            hashes[key, period, bucket] = {
                name: xxhash.xxh3_128(present.tobytes() + _of_present(ids, digest, present).tobytes()).hexdigest()
                for name, digest in parts.items()
            }
    return hashes
