"""Starts Dagster's webserver and daemon on a data root, from any folder, with telemetry off."""

import fcntl
import os
import socket
import sys
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.orchestration.clock import forget_the_future
from wrapped_assets.orchestration.instance import open_instance, prepare
from wrapped_assets.orchestration.lake import open_project
from wrapped_assets.orchestration.where import HOSTS, storage_folder
from wrapped_assets.serving.shield import hosts_of


def serve(data_root: Path, host: str = "127.0.0.1", port: int = 3000, allowed: Collection[str] = ()) -> NoReturn:
    """Shows the project until it is interrupted. The webserver has no login: leave it on this machine's address.

    It answers to this machine's names, to `host` unless that means every address, and to the `allowed` hosts. The server takes the place of
    this process: what was needed to tell Dagster of the lake would otherwise stay in memory.

    InputError where the port is in use, or another one shows the same data root: two daemons would carry out every schedule twice.
    """
    root = data_root.absolute()
    environment = {**prepare(root), HOSTS: " ".join(sorted(hosts_of(host, allowed))), "MALLOC_ARENA_MAX": "2"}
    _be_the_only_one(root)
    _check_port(host, port)
    refresh(root)
    workspace = str(storage_folder(root) / "workspace.yaml")
    command = [sys.executable, "-m", "wrapped_assets.orchestration.dev", workspace, host, str(port)]
    os.chdir(root)
    sys.stdout.flush()
    os.execve(sys.executable, command, environment)  # noqa: S606 (our own arguments)


def _be_the_only_one(root: Path) -> None:
    """Holds a lock until the last of the server's processes has ended."""
    lock = os.open(storage_folder(root) / "ui.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise InputError("another `wrapped ui` shows this data root, or is just ending: use that one, or end it first") from None
    os.set_inheritable(lock, True)


def _check_port(host: str, port: int) -> None:
    """InputError where nobody could be served there: it is told before the data root is looked at, which may take a while."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does: connections that just ended do not count
            tried.bind(address)
    except (OSError, OverflowError) as error:
        said = getattr(error, "strerror", None) or "no such port"
        raise InputError(f"expected a free port, got {port} on {host} ({said}): choose another with --port") from None


def refresh(root: Path) -> int:
    """Makes Dagster's storage where there is none, and tells it what was built without it; returns how many partitions that were."""
    from wrapped_assets.orchestration.mirror import mirror
    from wrapped_assets.orchestration.staleness import stale

    with open_instance(root) as instance:
        forget_the_future(instance, datetime.now(UTC))
        try:
            project = open_project(root)
        except InputError:  # nothing was imported yet: there is nothing to tell
            return 0
        stale(project)  # notes the first month, with which the partitions begin
        return mirror(project, instance)
