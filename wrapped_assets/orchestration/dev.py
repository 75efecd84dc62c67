"""What `dagster dev` does, in half of its memory: a code server, the shielded webserver, and the daemon.

`python -m wrapped_assets.orchestration.dev WORKSPACE HOST PORT` runs until it is interrupted, or one of them ends. They are forked from
one process that has imported what they need, so that they share 120 MB of modules.
"""

import ctypes
import gc
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import dagster._grpc.proxy_server
import dagster._grpc.server  # noqa: F401
import yaml
from dagster._cli.code_server import start_command as code_server
from dagster._core.remote_origin import ManagedGrpcPythonEnvCodeLocationOrigin
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster._daemon.cli import run_command as daemon
from dagster._grpc.client import DagsterGrpcClient

from wrapped_assets.orchestration import webserver
from wrapped_assets.storage.private import keep_private
from wrapped_assets.storage.whole_files import write_whole

Work = Callable[[], object]
QUIET = ("--log-level", "warning")
_LOAD_SECONDS, _STOP_SECONDS, _LOOK_SECONDS = 180, 60, 0.05


def processes(workspace: str, host: str, port: int, folder: Path) -> list[Work]:
    """What each process does: the code servers, whose sockets are in `folder`, then the daemon and the webserver, which need them."""
    servers: list[Work] = []
    sockets: list[Path] = []
    locations: list[dict[str, Any]] = []
    for number, origin in enumerate(WorkspaceFileTarget(paths=[workspace]).create_origins()):
        if isinstance(origin, ManagedGrpcPythonEnvCodeLocationOrigin):
            sockets.append(folder / f"{number}.socket")
            target = origin.loadable_target_origin
            where = {"location_name": origin.location_name, "socket": str(sockets[-1]), "additional_metadata": target.as_dict}
            options = ["--socket", where["socket"], "--location-name", origin.location_name, *QUIET, *target.get_cli_args()]
            servers.append(lambda options=options: code_server.main(options, standalone_mode=False))
        else:  # a server of the operator's own
            where = {name: getattr(origin, name, None) for name in ("location_name", "host", "port", "socket", "additional_metadata")}
        locations.append({"grpc_server": {name: value for name, value in where.items() if value is not None}})
    shared = str(folder / "workspace.yaml")
    write_whole(Path(shared), yaml.safe_dump({"load_from": locations}).encode())
    return [
        *servers,
        lambda: [_answer(sockets), daemon.main(["-w", shared, *QUIET], standalone_mode=False)],
        lambda: [_answer(sockets), webserver.run(shared, host, port)],
    ]


def _answer(sockets: Sequence[Path]) -> None:
    """Waits for the code servers."""
    until = time.monotonic() + _LOAD_SECONDS
    for socket in sockets:
        while time.monotonic() < until:
            with suppress(Exception):
                DagsterGrpcClient(socket=str(socket)).ping("")
                break
            time.sleep(_LOOK_SECONDS)


def run(workspace: str, host: str, port: int) -> int:
    """Runs everything; returns 0 after an interrupt, 1 where a process ended by itself."""
    with TemporaryDirectory() as folder, _running(processes(workspace, host, port, Path(folder))):
        try:
            os.wait()
        except KeyboardInterrupt:
            return 0
    return 1


@contextmanager
def _running(work: Sequence[Work]) -> Iterator[None]:
    """Forks a process for each, and ends them in the reverse order; a second interrupt kills what has not ended yet."""
    gc.collect()
    gc.freeze()  # the collector would write to every shared page
    children = [_forked(each) for each in work]
    try:
        yield
    finally:
        with suppress(KeyboardInterrupt):
            for child in reversed(children):
                _end(child)
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)


def _forked(work: Work) -> int:
    """The id of a process that does it. It ends with this one, whatever ends this one."""
    if child := os.fork():
        return child
    status = 1
    try:
        os.setpgid(0, 0)  # an interrupt at the terminal is for the parent, which ends its children in order
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
        work()
        status = 0
    except KeyboardInterrupt:
        status = 0
    except BaseException:  # noqa: BLE001 (the process ends here)
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _end(child: int) -> None:
    with suppress(ProcessLookupError, ChildProcessError):
        os.kill(child, signal.SIGINT)
        until = time.monotonic() + _STOP_SECONDS
        while os.waitpid(child, os.WNOHANG) == (0, 0) and time.monotonic() < until:
            time.sleep(_LOOK_SECONDS)


if __name__ == "__main__":
    keep_private()
    for stop in (signal.SIGTERM, signal.SIGINT):  # a shell starts what it puts in the background with interrupts ignored
        signal.signal(stop, signal.default_int_handler)
    sys.exit(run(sys.argv[1], sys.argv[2], int(sys.argv[3])))
