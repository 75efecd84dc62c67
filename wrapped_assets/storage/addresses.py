"""Addresses of rendered pages: one per listener and year, of 144 bits that follow from the root's key, so that none need be stored.

The registry keeps only what departs from that: addresses that were changed, and those that were closed.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

import sqlalchemy as sa

from wrapped_assets.storage import tables
from wrapped_assets.storage.registry import Listener
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.shares import TOKEN_BYTES


@dataclass(frozen=True)
class Address:
    """The token of one listener's page of a year; `is_open` unless they closed it."""

    token: str
    is_open: bool = True


def addresses(root: Root, year: int, listener_ids: Iterable[int]) -> dict[int, Address]:
    """The address of each listener's page of a year."""
    table = tables.addresses
    with root.engine.connect() as connection:
        rows = connection.execute(sa.select(table.c.listener_id, table.c.number, table.c.is_closed).where(table.c.year == year))
        changed = {row.listener_id: (row.number, row.is_closed) for row in rows}
    found = {}
    for listener_id in listener_ids:
        number, is_closed = changed.get(listener_id, (0, False))
        found[listener_id] = Address(_token(root, listener_id, year, number), not is_closed)
    return found


def tokens_of(root: Root, listener_id: int, years: Iterable[int]) -> list[str]:
    """Every token that a listener's page of some years has, and had before their address was changed."""
    table = tables.addresses
    with root.engine.connect() as connection:
        rows = connection.execute(sa.select(table.c.year, table.c.number).where(table.c.listener_id == listener_id))
        newest = {row.year: row.number for row in rows}
    return [_token(root, listener_id, year, number) for year in sorted(years) for number in range(newest.get(year, 0) + 1)]


def changed(root: Root, year: int) -> int:
    """How often addresses of a year were changed or closed."""
    table = tables.addresses
    with root.engine.connect() as connection:
        return int(connection.execute(sa.select(sa.func.coalesce(sa.func.sum(table.c.number), 0)).where(table.c.year == year)).scalar_one())


def departures(root: Root, year: int) -> list[tuple[int, int, bool]]:
    """Listener, number and closedness of each address of a year that was changed or closed, in order."""
    table = tables.addresses
    with root.engine.connect() as connection:
        rows = connection.execute(sa.select(table.c.listener_id, table.c.number, table.c.is_closed).where(table.c.year == year))
        return sorted((listener_id, number, bool(is_closed)) for listener_id, number, is_closed in rows)


def change_address(root: Root, listener: Listener, year: int) -> None:
    """Gives a listener's page of a year another address, open; the one before opens nothing any more."""
    _write(root, listener, year, is_closed=False)


def close_address(root: Root, listener: Listener, year: int) -> None:
    """Closes a listener's address of a year; `change_address` opens another one."""
    _write(root, listener, year, is_closed=True)


def _write(root: Root, listener: Listener, year: int, *, is_closed: bool) -> None:
    table = tables.addresses
    mine = (table.c.listener_id == listener.listener_id) & (table.c.year == year)
    with root.engine.begin() as connection:
        changed = connection.execute(sa.update(table).where(mine).values(number=table.c.number + 1, is_closed=is_closed))
        if not changed.rowcount:
            row = {"listener_id": listener.listener_id, "year": year, "number": 1, "is_closed": is_closed}
            connection.execute(sa.insert(table).values(**row))


def _token(root: Root, listener_id: int, year: int, number: int) -> str:
    digest = blake2b(f"address|{listener_id}|{year}|{number}".encode(), key=root.key[:64], digest_size=TOKEN_BYTES).digest()
    return urlsafe_b64encode(digest).decode()
