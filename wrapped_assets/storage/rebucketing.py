"""Divides the buckets of a data root: `wrapped rebucket`.

A listener's bucket is the last bits of a keyed hash, so bucket b of N becomes b and b + N of 2N, and no listener of another bucket moves.
The landed files are divided first, while imports and builds go on. One transaction then replaces them, forgets the cells of the buckets
that were divided, and changes the number: before it the old state is whole, after it the new one. Published editions stay as they are,
with the number of buckets that they were published with. The next build computes the forgotten cells.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from wrapped_assets.contracts.division import Division
from wrapped_assets.contracts.errors import InputError, WrappedError
from wrapped_assets.storage import tables
from wrapped_assets.storage.buckets import COUNT, DIVIDED, bucket_count, divisions, divisions_text, setting
from wrapped_assets.storage.cell_paths import MOST_BUCKETS, is_bucket_count
from wrapped_assets.storage.chunks import PLAYS, Chunk, load_chunks
from wrapped_assets.storage.database import insert_new
from wrapped_assets.storage.dividing import Part, buckets_to_divide, divided, forget_notes, parts_of
from wrapped_assets.storage.landing import people_of
from wrapped_assets.storage.purging import remove_unrecorded
from wrapped_assets.storage.records import renew_records
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.sweep import marked, swept
from wrapped_assets.storage.transactions import exclusive

_LOCK, _BEGUN = "rebucketing", "rebucketing"  # the lock; the setting that says what was begun, and since when it is only to be tidied up
_OF_OTHERS = ("erasing", "publishing", "landing")  # held, in this order, while the number changes


@dataclass
class Rebucketed:
    """What was done. `cells` were forgotten, for the next build to compute; `resumed` parts had been divided by an earlier process.

    `is_tidied_only`: an earlier process had changed the number, and only what it left was removed.
    """

    before: int
    after: int
    listeners: int = 0
    plays: int = 0
    parts: int = 0
    resumed: int = 0
    cells: int = 0
    seconds: float = 0.0
    is_tidied_only: bool = False


@dataclass(frozen=True)
class _Ready:
    """All parts of the landing as they are now, and what they become."""

    seen: dict[str, str]  # the path and the hash of every landed file
    buckets: set[int]
    after: list[Chunk]


def rebucket(
    root: Root, wanted: int | None, edge: timedelta, progress: Callable[[int, int], None] = lambda done, planned: None
) -> Rebucketed:
    """Divides the buckets into `wanted` ones; None: into what was begun, or twice as many. Finishes what a killed process left.

    `edge` is how far a month's neighbours read into it. InputError for a number that is no larger power of two, WrappedError while
    another process does the same. Imports, erasures, publications and builds wait while the number changes; only erasures wait before.
    """
    started = time.monotonic()
    with root.lock(_LOCK, wait=False) as is_mine:
        if not is_mine:
            raise WrappedError("another process is dividing the buckets of this data root: wait for it")
        begun = _begun(root)
        if begun.get("divided") is not None:
            with root.lock("landing"), marked(root):
                _tidy(root, begun)
            now = bucket_count(root)
            if wanted in (None, now):
                return Rebucketed(begun["from"], now, seconds=time.monotonic() - started, is_tidied_only=True)
            begun = {}
        done = Rebucketed(bucket_count(root), 0)
        done.after = _target(done.before, begun.get("to") if wanted is None else wanted)
        _note(root, {"from": done.before, "to": done.after})
        with root.lock("landing", shared=True):
            _ready(root, done, edge, progress)
        with ExitStack() as held:
            for name in _OF_OTHERS:
                held.enter_context(root.lock(name))
            held.enter_context(marked(root))
            held.enter_context(root.lock("build"))
            ready = _ready(root, done, edge, progress)  # what was landed meanwhile
            _switch(root, ready, done)
            _tidy(root, _begun(root))
    done.seconds = time.monotonic() - started
    return done


def tidy_up(root: Root) -> None:
    """Finishes what is left where a process was killed after the number had changed; leaves it where others hold its locks."""
    if _begun(root).get("divided") is not None:
        with root.lock(_LOCK, wait=False) as is_mine, root.lock("landing", wait=False) as is_still:
            if is_mine and is_still and (begun := _begun(root)).get("divided") is not None:
                _tidy(root, begun)


def _target(now: int, wanted: int | None) -> int:
    """How many buckets there are to be. InputError where that is not possible."""
    target = now * 2 if wanted is None else wanted
    if target > MOST_BUCKETS and wanted is None:
        raise InputError(f"this data root has {now} buckets, which is the most that there can be")
    if not is_bucket_count(target) or target <= now:
        raise InputError(
            f"expected --buckets as a power of two above {now} and at most {MOST_BUCKETS}, got {target}: buckets can be divided, not joined"
        )
    return target


def _ready(root: Root, done: Rebucketed, edge: timedelta, progress: Callable[[int, int], None]) -> _Ready:
    """Divides every part that is not divided yet."""
    chunks = load_chunks(root)
    seen = {chunk.path: chunk.file_hash for listed in chunks.values() for chunk in listed}
    buckets = buckets_to_divide(chunks, done.after)
    parts, after, resumed = parts_of(chunks, buckets), list[Chunk](), 0
    for number, part in enumerate(parts, 1):
        made, was_there = divided(root, part, done.after, edge, seen)
        after += made
        resumed += was_there
        progress(number, len(parts))
    if not done.parts:  # the second look finds what the first one divided
        done.resumed = resumed
    done.parts = len(parts)
    _check_people(parts, after)
    return _Ready(seen, buckets, after)


def _check_people(parts: list[Part], after: list[Chunk]) -> None:
    before = people_of(chunk for part in parts for chunk in part.chunks)
    if before.tolist() != people_of(after).tolist():
        raise WrappedError("the divided files have other listeners than the landed ones; nothing was changed: the disk may be failing")


def _switch(root: Root, ready: _Ready, done: Rebucketed) -> None:
    """Changes the number of buckets and all that follows from it at once. WrappedError, and no change, where the landing is another."""
    chunks, cells, spans, settings = tables.chunks, tables.cells, tables.spans, tables.settings
    with exclusive(root.engine) as connection:
        seen = dict(connection.execute(sa.select(chunks.c.path, chunks.c.file_hash)).all())
        if seen != ready.seen or bucket_count(root, connection) != done.before:
            raise WrappedError("plays were landed or erased while the buckets were divided: run `wrapped rebucket` again, it goes on")
        buckets = sorted(ready.buckets)
        connection.execute(sa.delete(chunks).where(chunks.c.bucket.in_(buckets)))
        rows = {chunk.path: {name: getattr(chunk, name) for name in Chunk.__slots__} for chunk in ready.after}
        insert_new(connection, chunks, list(rows.values()))
        mine = cells.c.bucket.in_(buckets)
        periods = frozenset(connection.execute(sa.select(cells.c.period).where(mine).distinct()).scalars())
        done.cells = connection.execute(sa.delete(cells).where(mine)).rowcount
        asked = connection.execute(sa.select(spans.c.name, spans.c.bucket).where(spans.c.bucket >= 0)).all()
        wider = [{"name": name, "bucket": part} for name, bucket in asked for part in range(bucket, done.after, done.before)]
        insert_new(connection, spans, wider)  # nobody knows whose of the bucket asked
        unsaid = tables.publications.c.bucket_count.is_(None)
        connection.execute(sa.update(tables.publications).where(unsaid).values(bucket_count=done.before))
        told = (*divisions(root, connection), Division(done.before, frozenset(buckets), periods))
        begun = {"from": done.before, "to": done.after, "divided": buckets}
        values = {COUNT: str(done.after), DIVIDED: divisions_text(told), _BEGUN: json.dumps(begun)}
        connection.execute(sa.delete(settings).where(settings.c.name.in_(values)))
        insert_new(connection, settings, [{"name": name, "value": value} for name, value in values.items()])
        now = load_chunks(root, connection=connection)
        landed = [chunk for (asset, _, _), listed in now.items() if asset == PLAYS for chunk in listed]
        done.listeners, done.plays = len(people_of(landed)), sum(chunk.row_count for chunk in landed)


def _tidy(root: Root, begun: dict) -> None:
    """Removes what nothing names any more, and repeats the number in the settings file. The landing's lock must be held."""
    renew_records(root, set(begun["divided"]))
    root.note_bucket_count(begun["to"])
    remove_unrecorded(root)
    forget_notes(root)
    swept(root)  # where a build is under way, the next one does it
    _note(root, None)


def _begun(root: Root) -> dict:
    return json.loads(setting(root, _BEGUN) or "{}")


def _note(root: Root, begun: dict | None) -> None:
    with exclusive(root.engine) as connection:
        connection.execute(sa.delete(tables.settings).where(tables.settings.c.name == _BEGUN))
        if begun is not None:
            insert_new(connection, tables.settings, [{"name": _BEGUN, "value": json.dumps(begun)}])
