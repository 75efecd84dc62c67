"""Hashes the external inputs by input, period and bucket, as a whole or per column."""

from __future__ import annotations

import numpy as np
import polars as pl
import xxhash

from wrapped_assets.building.link_marks import add_marks
from wrapped_assets.building.world import World
from wrapped_assets.contracts.graph import EXTERNALS, YEARLY
from wrapped_assets.kernels.hashing import digests, frame_hashes
from wrapped_assets.kernels.versions import combined
from wrapped_assets.planning.situation import NO_BUCKET
from wrapped_assets.storage.chunks import NO_ROWS

Hashes = dict[tuple[str, str, int], dict[str, str]]
_NOTHING = digests([None])  # what the registry says of a listener whom it does not mention


def outside_hashes(world: World) -> Hashes:
    """(input, period, bucket) → part or column → hash, of everything that the world holds."""
    hashes: Hashes = {}
    for slot, found in world.chunks.items():
        hashes[slot] = {part: _combined([getattr(chunk, part) for chunk in found]) for part in ("whole", "head", "tail")}
    for bucket, version in world.links:
        add_marks(bucket, version, world.links.marks((bucket, version)), world.catalogues, hashes)
    for key, frame in world.people.items():
        hashes.update(_people_hashes(world, key, frame))
    members = frame_hashes(world.members) if world.members is not None and world.members.height else None
    for year, version in world.catalogues.items():
        if members:
            hashes[EXTERNALS["groups"], str(year), NO_BUCKET] = members
        for asset, file in world.files.get(version, {}).items():
            hashes[asset, str(year), NO_BUCKET] = file.column_hashes
    return hashes


def _combined(hashes: list[str]) -> str:
    """One hash over the chunks of a cell; empty where none of them has a row there."""
    real = sorted(digest for digest in hashes if digest != NO_ROWS)
    return combined(*real) if real else ""


def _people_hashes(world: World, key: str, frame: pl.DataFrame) -> Hashes:
    """What the registry says of the listeners of each period and bucket, and of no others: a newcomer changes no old period."""
    ids, parts = _said_of_each(key, frame)
    hashes: Hashes = {}
    for (period, bucket), present in world.listeners.items():
        if (key in YEARLY) == ("-" not in period):
            places = np.searchsorted(ids, present)
            is_known = ids[np.minimum(places, len(ids) - 1)] == present if len(ids) else np.zeros(len(present), dtype=bool)
            hashes[key, period, bucket] = {
                name: xxhash.xxh3_128(present.tobytes() + _gathered(values, places, is_known).tobytes()).hexdigest()
                for name, values in parts.items()
            }
    return hashes


def _said_of_each(key: str, frame: pl.DataFrame) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The listeners of a frame in their order, and a digest for each: of every column, or of all of a listener's rows at once."""
    if key in YEARLY:
        return frame["listener_id"].to_numpy(), {name: digests(frame[name]) for name in frame.columns}
    rows: dict[int, list[tuple[str | int, ...]]] = {}
    for listener_id, *said in frame.iter_rows():
        rows.setdefault(listener_id, []).append(tuple(said))
    return np.fromiter(rows, dtype=np.int64), {"whole": digests(tuple(found) for found in rows.values())}


def _gathered(values: np.ndarray, places: np.ndarray, is_known: np.ndarray) -> np.ndarray:
    found = np.repeat(_NOTHING, len(places), axis=0)
    found[is_known] = values[places[is_known]]
    return found
