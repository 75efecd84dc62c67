"""Data roots whose registry is SQLite or PostgreSQL, emptied for each test that holds on both."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from functools import cache

import pytest
import sqlalchemy as sa

from wrapped_assets.storage import tables
from wrapped_assets.storage.registry import Listener, register
from wrapped_assets.storage.root import Root

KEY = bytes(range(32))
PEOPLE = [Listener(number, name, country=country) for number, name, country in [(3, "ana", "PT"), (5, "bo", None), (8, "cy", "JP")]]
ANA, BO, CY = PEOPLE


def emptied(root: Root) -> Root:
    """The root with three listeners, of whom nothing is on record, and nothing else."""
    with root.engine.begin() as connection:
        for table in [tables.listeners, *(each for each in reversed(tables.metadata.sorted_tables) if each is not tables.consent_events)]:
            connection.execute(sa.delete(table))
    register(root, PEOPLE)
    return root


@pytest.fixture(scope="session")
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], tuple[Root, str | None]]]:
    """Makes a root of each kind once, with the address of its server."""
    roots = []

    @cache
    def make(kind: str) -> tuple[Root, str | None]:
        url = _database(request.getfixturevalue("postgres_server")) if kind == "postgresql" else None
        root = Root.open_or_make(tmp_path_factory.mktemp(kind) / "root", 1, KEY)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("WRAPPED_REGISTRY_URL", url or "")
            assert root.engine.dialect.name == kind
        roots.append(root)
        return root, url

    yield make
    for root in roots:
        root.engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def registry(request: pytest.FixtureRequest, made: Callable[[str], tuple[Root, str | None]], monkeypatch: pytest.MonkeyPatch) -> Root:
    """A root with three listeners and nothing else; processes that open it find the same registry."""
    root, url = made(request.param)
    monkeypatch.setenv("WRAPPED_REGISTRY_URL", url or "")
    return emptied(root)


def _database(server: str) -> str:
    """The address of a fresh database."""
    import psycopg

    name = f"registry_{secrets.token_hex(6)}"
    with psycopg.connect(server.format("postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name}")
    return server.format(name)
