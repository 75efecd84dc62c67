"""Edits of data, carried out in a worker on the live data root; each says which months, buckets and rules it touched."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import sqlalchemy as sa

from wrapped_assets.building.excluding import target_of
from wrapped_assets.building.importing import import_paths
from wrapped_assets.listens.clocks import EDGE
from wrapped_assets.listens.code import LANDED_PLAYS, LANDED_TRACKS
from wrapped_assets.storage import consents, landing, registry, tables
from wrapped_assets.storage.buckets import bucket_of
from wrapped_assets.storage.landing_writer import LandingWriter
from wrapped_assets.storage.root import Root

Touched = dict[str, Any]  # bucket, months and names of outside inputs; or the year and dates of rules
PLAYS = ["landed_plays", "landed_tracks", "links", "listeners", "exclusions", "profiles"]  # who plays decides whose rows there are


def perform(root: Root, action: dict[str, Any]) -> Touched:
    """Does what `action["do"]` names."""
    ways = {
        "late": _late, "remove": _remove, "time_zone": _time_zone, "exclude": _exclude, "edition": _edition, "profile": _profile,
        "consent": _consent,
    }  # fmt: skip
    return ways[action["do"]](root, action)


def _late(root: Root, action: dict[str, Any]) -> Touched:
    """A late export, or a newcomer's first: an event log that names its listener."""
    import_paths(root, [Path(action["folder"])], None)
    return {"bucket": bucket_of(root, root.surrogate(action["listener"])), "months": action["months"], "inputs": PLAYS}


def _remove(root: Root, action: dict[str, Any]) -> Touched:
    """Takes a listener out of the landing and the registry, as an erasure does: chunks are rewritten without the listener."""
    listener_id = root.surrogate(action["listener"])
    bucket, months, old = bucket_of(root, listener_id), [], []
    chunks = landing.load_chunks(root)
    writer = LandingWriter(root, EDGE)
    for (asset, month, place), found in chunks.items():
        if asset != landing.PLAYS or place != bucket or listener_id not in landing.people_of(found):
            continue
        named = chunks[landing.TRACKS, month, bucket]
        months.append(month)
        old.extend([*found, *named])
        read = [pl.read_parquet(root.path / chunk.path) for chunk in found]
        plays = pl.concat([pl.DataFrame(schema=LANDED_PLAYS), *read], how="diagonal")
        tracks = pl.concat([pl.read_parquet(root.path / chunk.path, columns=list(LANDED_TRACKS)) for chunk in named])
        kept = plays.filter(pl.col("listener_id") != listener_id)
        if kept.height:
            writer.add(kept.select(list(LANDED_PLAYS)), tracks.select(list(LANDED_TRACKS)))
    writer.flush()
    with root.engine.begin() as connection:
        connection.execute(sa.delete(tables.chunks).where(tables.chunks.c.path.in_([chunk.path for chunk in old])))
        connection.execute(sa.delete(tables.exclusions).where(tables.exclusions.c.listener_id == listener_id))
        connection.execute(sa.delete(tables.listeners).where(tables.listeners.c.listener_id == listener_id))
    writer.commit()
    for path in {chunk.path for chunk in old} - {chunk.path for chunk in writer.chunks}:
        (root.path / path).unlink()
    return {"bucket": bucket, "months": months, "inputs": PLAYS}


def _months_of(root: Root, listener_id: int) -> list[str]:
    found = landing.load_chunks(root).items()
    return [month for (asset, month, _), chunks in found if asset == landing.PLAYS and listener_id in landing.people_of(chunks)]


def _time_zone(root: Root, action: dict[str, Any]) -> Touched:
    listener = registry.find_listener(root, action["listener"])
    registry.register(root, [replace(listener, time_zone=action["time_zone"])])
    return _of_listener(root, listener, "listeners")


def _profile(root: Root, action: dict[str, Any]) -> Touched:
    """Another home, or another year of birth."""
    listener = registry.find_listener(root, action["listener"])
    registry.register(root, [replace(listener, **action["facts"])])
    return _of_listener(root, listener, "profiles")


def _consent(root: Root, action: dict[str, Any]) -> Touched:
    """A yes or a no to one of the purposes that figures about many people depend on."""
    listener = registry.find_listener(root, action["listener"])
    consents.record(root, listener, action["purpose"], action["state"], method="web_form")
    return _of_listener(root, listener, "profiles")


def _of_listener(root: Root, listener: registry.Listener, name: str) -> Touched:
    months = _months_of(root, listener.listener_id)
    return {"bucket": bucket_of(root, listener.listener_id), "months": months, "inputs": [name]}


def _exclude(root: Root, action: dict[str, Any]) -> Touched:
    """Leaves an artist, or hours of the day, out of a listener's figures."""
    listener = registry.find_listener(root, action["listener"])
    kind, what = action["kind"], action["what"]
    target = what[0] * 100 + what[1] if kind == "hours" else target_of(kind, what)
    registry.exclude(root, listener, kind, target, str(what))
    return _of_listener(root, listener, "exclusions")


def _edition(root: Root, action: dict[str, Any]) -> Touched:
    """Another rule set, or another cut-off, for one year."""
    before = registry.editions(root, [action["year"]])[action["year"]].rules
    end = date.fromisoformat(action["until"]) if "until" in action else None
    after = registry.set_edition(root, action["year"], rules=action.get("rules"), window_end=end).rules
    changed = sorted(name for name in vars(before) if getattr(before, name) != getattr(after, name))
    ends = sorted((before.window_end, after.window_end))
    return {"year": action["year"], "rules": changed, "from": str(ends[0]), "until": str(ends[1])}
