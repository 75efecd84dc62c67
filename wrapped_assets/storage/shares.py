"""Shared story pages: each has a random token, of which the registry stores only the hash; a revoked token opens nothing."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

import sqlalchemy as sa

from wrapped_assets.storage import tables
from wrapped_assets.storage.registry import Listener
from wrapped_assets.storage.root import Root

TOKEN_BYTES = 18  # 144 random bits: 24 characters


@dataclass(frozen=True)
class Share:
    """That a listener shares a year, and since when; the token itself is known to nobody here."""

    year: int
    shared_at: datetime


def share(root: Root, listener: Listener, year: int) -> str:
    """A new token that opens the listener's page of a year; told once, and to be passed on by the listener alone."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = {"token_sha256": _hash(token), "listener_id": listener.listener_id, "year": year, "shared_at": datetime.now(UTC)}
    with root.engine.begin() as connection:
        connection.execute(sa.insert(tables.shares).values(**row))
    return token


def owner_of(root: Root, year: int, token: str) -> Listener | None:
    """Whose page of a year the token opens; None where it opens none, or no more."""
    people, shares = tables.listeners, tables.shares
    mine = (shares.c.token_sha256 == _hash(token)) & (shares.c.year == year)
    query = sa.select(people).join(shares, shares.c.listener_id == people.c.listener_id).where(mine)
    with root.engine.connect() as connection:
        row = connection.execute(query).one_or_none()
    return Listener(**row._mapping) if row else None


def shares_of(root: Root, listener: Listener) -> list[Share]:
    """What a listener shares, by year and age."""
    table = tables.shares
    query = sa.select(table.c.year, table.c.shared_at).where(table.c.listener_id == listener.listener_id)
    with root.engine.connect() as connection:
        return [Share(row.year, row.shared_at) for row in connection.execute(query.order_by(table.c.year, table.c.shared_at))]


def revoke(root: Root, listener: Listener, year: int) -> int:
    """Closes every address of the listener's page of a year at once; returns how many there were."""
    table = tables.shares
    with root.engine.begin() as connection:
        mine = (table.c.listener_id == listener.listener_id) & (table.c.year == year)
        return connection.execute(sa.delete(table).where(mine)).rowcount


def _hash(token: str) -> str:
    return sha256(token.encode(errors="surrogatepass")).hexdigest()
