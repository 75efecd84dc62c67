"""Starts Dagster's webserver and daemon on a data root, from any folder, with telemetry off."""

import signal
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.orchestration.instance import open_instance, prepare
from wrapped_assets.orchestration.lake import open_project
from wrapped_assets.orchestration.where import HOSTS, storage_folder
from wrapped_assets.serving.shield import hosts_of


def serve(data_root: Path, host: str = "127.0.0.1", port: int = 3000, allowed: Collection[str] = ()) -> int:
    """Shows the project until it is interrupted; returns the exit code. The webserver has no login: leave it on this machine's address.

    It answers to this machine's names, to `host` unless that means every address, and to the `allowed` hosts.
    """
    root = data_root.absolute()
    environment = {**prepare(root), HOSTS: " ".join(sorted(hosts_of(host, allowed)))}
    refresh(root)
    workspace = str(storage_folder(root) / "workspace.yaml")
    command = [sys.executable, "-m", "wrapped_assets.orchestration.dev", workspace, host, str(port)]
    for stop in (signal.SIGTERM, signal.SIGINT):  # a shell starts what it puts in the background with interrupts ignored
        signal.signal(stop, signal.default_int_handler)
    with subprocess.Popen(command, env=environment, cwd=root) as server:  # noqa: S603 (our own arguments)
        try:
            return server.wait()
        except KeyboardInterrupt:  # from a terminal it reaches the server, too; from elsewhere it must be handed on
            try:
                server.wait(5)
            except subprocess.TimeoutExpired:
                server.send_signal(signal.SIGINT)
                server.wait()
            return 0


def refresh(root: Path) -> int:
    """Makes Dagster's storage where there is none, and tells it what was built without it; returns how many partitions that were."""
    from wrapped_assets.orchestration.mirror import mirror
    from wrapped_assets.orchestration.staleness import stale

    with open_instance(root) as instance:
        try:
            project = open_project(root)
        except InputError:  # nothing was imported yet: there is nothing to tell
            return 0
        stale(project)  # notes the first month, with which the partitions begin
        return mirror(project, instance)
