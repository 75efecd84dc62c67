"""Locks that machines share: who holds one, who waits, and what a lost session leaves."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from wrapped_assets.contracts.errors import RegistryUnavailable
from wrapped_assets.storage import file_locks
from wrapped_assets.storage.in_flight import check_in_flight, in_flight, settled
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.small_roots import KEY

pytestmark = pytest.mark.postgres


@pytest.fixture
def machines(postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Root, Root]]:
    """One root seen by two machines whose file systems do not share locks."""
    monkeypatch.setenv("WRAPPED_REGISTRY_URL", postgres)
    monkeypatch.setattr(file_locks.fcntl, "flock", lambda *_: None)
    one = Root.open_or_make(tmp_path / "root", 2, KEY)
    other = Root.open(tmp_path / "root")
    yield one, other
    one.engine.dispose()
    other.engine.dispose()


@pytest.mark.parametrize(("held", "asked", "free"), [(False, False, False), (False, True, False), (True, False, False), (True, True, True)])
def test_a_lock_is_held_once_or_shared_by_several(machines: tuple[Root, Root], held: bool, asked: bool, free: bool) -> None:
    one, other = machines
    with one.lock("unit", shared=held) as is_mine:
        assert is_mine
        with other.lock("unit", shared=asked, wait=False) as is_free:
            assert is_free == free
        with other.lock("another", wait=False) as is_free:
            assert is_free
    with other.lock("unit", wait=False) as is_free:
        assert is_free


def test_many_locks_take_one_session(machines: tuple[Root, Root], postgres: str) -> None:
    one, _ = machines
    with ExitStack() as held:
        for number in range(20):
            held.enter_context(one.lock(f"unit {number}"))
        with psycopg.connect(postgres) as connection:
            query = "select count(distinct pid), count(*) from pg_locks where locktype = 'advisory' and database = "
            assert connection.execute(query + "(select oid from pg_database where datname = current_database())").fetchone() == (1, 20)


def test_who_waits_gets_the_lock_of_a_session_that_is_lost_and_who_had_it_learns_that(machines: tuple[Root, Root], postgres: str) -> None:
    one, other = machines
    got = threading.Event()

    def wait() -> None:
        with settled(other):
            got.set()

    waiting = threading.Thread(target=wait, daemon=True)
    with in_flight(one):
        check_in_flight(one)
        waiting.start()
        with psycopg.connect(postgres, autocommit=True) as connection:
            held = "from pg_locks where locktype = 'advisory' and mode = 'ShareLock' and granted"
            connection.execute(f"select pg_terminate_backend(pid) {held}")
        assert got.wait(30)
        for _ in range(2):
            with pytest.raises(RegistryUnavailable):
                check_in_flight(one)
    waiting.join()
    with in_flight(one):
        check_in_flight(one)
