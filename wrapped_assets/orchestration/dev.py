"""What `dagster dev` does, with the shielded webserver in place of Dagster's own: one code server, the webserver, and the daemon.

`python -m wrapped_assets.orchestration.dev WORKSPACE HOST PORT` runs until it is interrupted, or one of them ends.
"""

import signal
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import dagster as dg
import yaml
from dagster._cli.proxy_server_manager import ProxyServerManager
from dagster._core.workspace.load_target import WorkspaceFileTarget

from wrapped_assets.storage.private import keep_private
from wrapped_assets.storage.whole_files import write_whole

_LOOK_SECONDS, _STOP_SECONDS = 1, 60


def commands(workspace: str, host: str, port: str) -> list[list[str]]:
    """The processes beside the code server."""
    webserver = ["-m", "wrapped_assets.orchestration.webserver", workspace, host, port]
    return [[sys.executable, *each] for each in (webserver, ["-m", "dagster._daemon", "run", "-w", workspace])]


def run(workspace: str, host: str, port: str) -> int:
    """Runs everything; returns 0 after an interrupt, 1 where a process ended by itself."""
    with ExitStack() as stack:
        instance = stack.enter_context(dg.DagsterInstance.get())
        servers = stack.enter_context(ProxyServerManager(instance, WorkspaceFileTarget(paths=[workspace]), "warning"))
        shared = Path(stack.enter_context(TemporaryDirectory())) / "workspace.yaml"
        write_whole(shared, yaml.safe_dump({"load_from": servers.get_code_server_specs()}).encode())
        processes = [subprocess.Popen(command) for command in commands(str(shared), host, port)]  # noqa: S603 (our own arguments)
        try:
            while all(process.poll() is None for process in processes):
                time.sleep(_LOOK_SECONDS)
            return 1
        except KeyboardInterrupt:
            return 0
        finally:
            for process in processes:
                process.send_signal(signal.SIGINT)
            for process in processes:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_STOP_SECONDS)
                process.kill()


if __name__ == "__main__":
    keep_private()
    for stop in (signal.SIGTERM, signal.SIGINT):  # a shell starts what it puts in the background with interrupts ignored
        signal.signal(stop, signal.default_int_handler)
    sys.exit(run(*sys.argv[1:4]))
