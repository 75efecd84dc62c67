"""Names that must not come back after an erasure: kept as keyed hashes for ninety days, then as nothing.

A generation of key takes new tombstones for thirty days and is destroyed when its last one has expired; from then on nobody, we
included, can tell whose they were. The keys lie beside the registry and not in it, so that neither alone names anybody.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from wrapped_assets.contracts.errors import WrappedError
from wrapped_assets.storage import tables
from wrapped_assets.storage.files import destroy, write_whole
from wrapped_assets.storage.root import Root

LASTS = timedelta(days=90)
ROTATES = timedelta(days=30)
FOLDER = "tombstone_keys"


@dataclass(frozen=True)
class _Generation:
    number: int
    made_at: datetime
    key: bytes = field(repr=False)


def entomb(root: Root, name: str, case_id: str, now: datetime | None = None) -> datetime:
    """Suppresses a listener's name, before the listener is deleted; returns until when. Again for a name: from now on."""
    now = now or datetime.now(UTC)
    expires_at = now + LASTS
    table = tables.tombstones
    with root.lock("tombstones"):
        generation = _newest(root, now)
        row = {
            "token": _token(generation, name), "key_generation": generation.number, "case_id": case_id,
            "bucket": root.bucket_of(root.surrogate(name)), "erased_at": now, "expires_at": expires_at,
        }  # fmt: skip
        with root.engine.begin() as connection:
            connection.execute(sa.delete(table).where(table.c.token == row["token"]))
            connection.execute(sa.insert(table).values(**row))
    return expires_at


def suppressed(root: Root, names: Iterable[str], now: datetime | None = None) -> set[str]:
    """Those of the names that must not come back. WrappedError where the key of a tombstone is lost: then nobody can tell, so none may."""
    table = tables.tombstones
    alive = sa.select(table.c.token, table.c.key_generation).where(table.c.expires_at > (now or datetime.now(UTC)))
    with root.engine.connect() as connection:
        rows = connection.execute(alive).all()
    if not rows:
        return set()
    tokens = {row.token for row in rows}
    generations = [_read(root, number) for number in sorted({row.key_generation for row in rows})]
    return {name for name in set(names) if any(_token(generation, name) in tokens for generation in generations)}


def expire(root: Root, now: datetime | None = None) -> int:
    """Deletes what has expired, and destroys the keys that no tombstone needs any more; returns how many keys."""
    now = now or datetime.now(UTC)
    table = tables.tombstones
    with root.lock("tombstones"):
        with root.engine.begin() as connection:
            connection.execute(sa.delete(table).where(table.c.expires_at <= now))
            needed = set(connection.execute(sa.select(table.c.key_generation)).scalars())
        idle = [number for number in _numbers(root) if number not in needed and _read(root, number).made_at + ROTATES <= now]
        for number in idle:
            destroy(_path(root, number))
    return len(idle)


def _token(generation: _Generation, name: str) -> str:
    return hmac.digest(generation.key, name.encode(), "sha256").hex()


def _newest(root: Root, now: datetime) -> _Generation:
    """The generation that takes new tombstones; a new one where it is too old, or there is none."""
    numbers = _numbers(root)
    if numbers and (found := _read(root, numbers[-1])).made_at + ROTATES > now:
        return found
    with root.engine.connect() as connection:  # a number is never used again while a tombstone bears it
        used = connection.execute(sa.select(sa.func.max(tables.tombstones.c.key_generation))).scalar() or 0
    made = _Generation(max([used, *numbers]) + 1, now.astimezone(UTC), secrets.token_bytes(32))
    write_whole(_path(root, made.number), json.dumps({"made_at": made.made_at.isoformat(), "key": made.key.hex()}).encode())
    return made


def _numbers(root: Root) -> list[int]:
    return sorted(int(path.stem) for path in (root.path / FOLDER).glob("*.json"))


def _path(root: Root, number: int) -> Path:
    return root.path / FOLDER / f"{number:06}.json"


def _read(root: Root, number: int) -> _Generation:
    try:
        found = json.loads(_path(root, number).read_text())
        return _Generation(number, datetime.fromisoformat(found["made_at"]), bytes.fromhex(found["key"]))
    except (OSError, ValueError, KeyError, TypeError):
        raise WrappedError(
            f"the key of tombstones {number} is lost or damaged, so erased listeners could come back unseen: restore {FOLDER} from a backup"
        ) from None
