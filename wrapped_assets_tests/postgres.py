"""A PostgreSQL server of the machine's own, in a temporary folder, for the tests that need one."""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

UNPRIVILEGED = ("postgres", "nobody")


@dataclass(frozen=True)
class Server:
    """A running server; `address` has `{}` in place of a database's name."""

    address: str
    run: Callable[..., None]

    def stop(self) -> None:
        """Ends it at once: every connection is lost."""
        self.run("pg_ctl", "-m", "immediate", "-w", "stop")

    def start(self) -> None:
        self.run("pg_ctl", "-w", "start")

    def new_database(self) -> str:
        """The address of a fresh database."""
        import psycopg

        name = f"registry_{secrets.token_hex(6)}"
        with psycopg.connect(self.address.format("postgres"), autocommit=True) as connection:
            connection.execute(f"create database {name}")
        return self.address.format(name)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of an empty server, `{}` standing for a database's name; skipped with a reason where none can be started."""
    with running_server() as server:
        yield server.address


@contextlib.contextmanager
def running_server() -> Iterator[Server]:
    """A server of its own; skips the test with a reason where none can be started."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not programs:
        pytest.skip("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    user = _unprivileged() if os.getuid() == 0 else None
    if os.getuid() == 0 and user is None:
        pytest.skip("PostgreSQL does not run as root, and there is no unprivileged user")
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)
    with contextlib.closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(program: str, *arguments: str) -> None:
        command = [str(programs[-1].parent / program), "-D", f"{folder}/data", *arguments]
        if "start" in arguments:
            command += ["-l", f"{folder}/log", "-o", f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c fsync=off"]
        subprocess.run(command, check=True, capture_output=True, user=user.pw_uid if user else None, cwd=folder, timeout=120)

    server = Server(f"postgresql://wrapped@127.0.0.1:{port}/{{}}", run)
    try:
        run("initdb", "-U", "wrapped", "-A", "trust", "-E", "UTF8", "--no-sync")
        server.start()
        try:
            yield server
        finally:
            with contextlib.suppress(subprocess.CalledProcessError):  # a test may have ended it
                server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres(postgres_server: str) -> str:
    """The address of a fresh database."""

    import psycopg

    name = f"registry_{secrets.token_hex(6)}"
    with psycopg.connect(postgres_server.format("postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name}")
    return postgres_server.format(name)


def _unprivileged() -> pwd.struct_passwd | None:
    for name in UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    return None
