"""Locks between machines that share a PostgreSQL registry: its advisory locks, which end with the session that holds them.

They are asked for after the locks of the file system (`Root.lock`), which hold between the processes of one machine even while the server
restarts. A thread holds all its locks in one session. No clock is compared, so machines whose clocks differ agree on who holds what.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from typing import Any

from wrapped_assets.contracts.errors import RegistryUnavailable
from wrapped_assets.storage.later import sa

# A machine that is gone gives its locks back within a minute, and a session that only holds locks is not ended for being idle.
_SESSION = (
    "set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3; set idle_session_timeout = 0; "
    "set application_name = 'wrapped locks'"
)


class ServerLocks:
    """The locks that this process holds on one server."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine, self._mine = engine, threading.local()

    @contextmanager
    def held(self, name: str, *, shared: bool, wait: bool) -> Iterator[bool]:
        """Holds a lock; yields False where `wait` is off and another session has it. RegistryUnavailable where nobody answers."""
        with self._session():
            kind, key = "_shared" if shared else "", _key(name)
            asked = f"pg_advisory_lock{kind}({key}) is not null" if wait else f"pg_try_advisory_lock{kind}({key})"
            is_mine, process = self._ask(f"select {asked}, pg_backend_pid()")
            if not is_mine:
                yield False
                return
            self._mine.holders[name] = process
            try:
                yield True
            finally:
                self._mine.holders.pop(name, None)
                with suppress(RegistryUnavailable):  # a session that was lost has given it back
                    self._ask(f"select pg_advisory_unlock{kind}({key})")

    def check(self, name: str) -> None:
        """RegistryUnavailable where the session that took the lock was lost since, and the lock with it."""
        (process,) = self._ask("select pg_backend_pid()")
        if self._mine.holders.get(name) != process:
            raise RegistryUnavailable("the registry is not available: the server closed the session that held a lock", may_pass=True)

    def _ask(self, query: str) -> tuple[Any, ...]:
        """One row. After an error the next question opens another session."""
        session: sa.Connection = self._mine.session
        try:
            return tuple(session.exec_driver_sql(query).one())
        finally:
            session.rollback()  # of nothing: every statement has committed itself

    @contextmanager
    def _session(self) -> Iterator[None]:
        mine = self._mine
        if not getattr(mine, "depth", 0):
            mine.session, mine.depth, mine.holders = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT"), 0, {}
            mine.session.exec_driver_sql(_SESSION)
            mine.session.rollback()
        mine.depth += 1
        try:
            yield
        finally:
            mine.depth -= 1
            if not mine.depth:
                mine.session.close()


def _key(name: str) -> int:
    """The 64-bit number that stands for a lock on the server."""
    return int.from_bytes(blake2b(f"wrapped {name}".encode(), digest_size=8).digest(), "big", signed=True)
