"""What somebody may give as the registry's address, and a server that has no room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from wrapped_assets.storage.root import Root
from wrapped_assets_tests.commands.running import run
from wrapped_assets_tests.small_roots import KEY


@pytest.mark.parametrize(
    "address", ["mysql://db/wrapped", "postgresql://db:port/wrapped", "db.internal/wrapped", "http://db", "postgresql:/db"]
)
def test_an_address_of_anything_else_is_said_without_what_it_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    Root.open_or_make(tmp_path / "root", 1, KEY).engine.dispose()
    monkeypatch.setenv("WRAPPED_REGISTRY_URL", address)
    said = run(tmp_path / "root", "status", code=2).stderr
    assert "expected WRAPPED_REGISTRY_URL as postgresql://" in said
    assert address not in said


@pytest.fixture
def full_server(postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A root whose server has no connection left."""
    import psycopg

    monkeypatch.setenv("WRAPPED_REGISTRY_URL", f" {postgres.replace('postgresql://', 'postgres://')} ")
    Root.open_or_make(tmp_path / "root", 1, KEY).engine.dispose()
    with ExitStack() as held:
        with suppress(psycopg.OperationalError):
            while True:
                held.enter_context(psycopg.connect(postgres))
        yield tmp_path / "root"


@pytest.mark.postgres
def test_a_server_without_a_free_connection_is_said_and_a_later_command_goes_on(full_server: Path) -> None:
    assert "has no connection left" in run(full_server, "status", code=1).stderr
