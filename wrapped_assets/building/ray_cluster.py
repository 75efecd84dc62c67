"""Reaches a Ray cluster: one that is started here for one build, the one that this machine belongs to, or one behind `ray://HOST:PORT`."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from wrapped_assets.building.endings import answered_here
from wrapped_assets.contracts.errors import InputError

STARTED_HERE = "ray"  # a cluster of this machine alone, for one build
JOINED = "auto"  # the cluster that this machine belongs to
CLIENT = "ray://"
_CLIENT_PORT = 10001
_KNOCK_SECONDS = 10
_HELLO = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(3) + b"\x04" + bytes(5)  # RFC 9113, 3.4: a preface and empty settings
_SETTINGS = b"\x04"  # the type of the first frame that comes back, after the three bytes of its length
_TOKENS = ("RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH")
_LOOPBACK = "127.0.0.1"
_OBJECT_BYTES = 100 << 20  # what Ray keeps in memory between processes: here nothing but what workers are told
_QUIET: dict[str, Any] = {"log_to_driver": False, "configure_logging": False}
_GONE = (
    "wrapped: the build was ended with its Ray cluster, whose head may be gone. Cells that were recorded stay: run the build again when "
    "the cluster is back, or without --on"
)

_WATCHES = """
import sys
if not sys.stdin.buffer.read():
    print({gone!r}, file=sys.stderr, flush=True)
    import shutil, time
    for _ in range(10 if {folder!r} else 0):
        time.sleep(1)
        shutil.rmtree({folder!r}, ignore_errors=True)
"""


def is_address(text: str) -> bool:
    """Whether `--on` names Ray, and not this machine's own processes."""
    return text in (STARTED_HERE, JOINED) or text.startswith(CLIENT)


def look_ahead(address: str) -> None:
    """Finds what is wrong with an address without a connection to Ray.

    InputError where Ray is not installed, or where nobody listens at an address: Ray itself would try for minutes.
    """
    if importlib.util.find_spec("ray") is None:
        raise InputError("Ray is not installed: `pip install wrapped-assets[ray]`, or build with this machine's processes")
    named = _joined() if address == JOINED else address
    if ":" not in named:
        return
    try:
        parts = urlsplit(named if "://" in named else f"//{named}")
        _knock(parts.hostname or "", parts.port or _CLIENT_PORT)
    except (OSError, ValueError) as error:
        raise _unreachable(address if named == address else f"{address}, which is {named} here", error) from None


def _knock(host: str, port: int) -> None:
    """OSError where nobody listens, or somebody who does not speak HTTP/2, as Ray's servers do."""
    with socket.create_connection((host, port), _KNOCK_SECONDS) as connection:
        if os.environ.get("RAY_USE_TLS", "0") in ("", "0"):
            connection.sendall(_HELLO)
            if connection.recv(4)[3:] != _SETTINGS:
                raise ConnectionError("somebody else listens there")


def _joined() -> str:
    """The address that `auto` stands for: the variable's, or that of this machine's last `ray start`; empty where there is neither."""
    if named := os.environ.get("RAY_ADDRESS", ""):
        return named
    try:
        return (Path(os.environ.get("RAY_TMPDIR") or tempfile.gettempdir()) / "ray" / "ray_current_cluster").read_text().strip()
    except OSError:
        return ""


class Cluster:
    """A cluster that this process is connected to, by the library `ray`."""

    def __init__(self, address: str, places: int) -> None:
        """InputError where it cannot be reached, or this process has one already. One that is started here has room for so many workers."""
        is_alone = address == STARTED_HERE
        self.ray = _library(is_alone=is_alone)
        if self.ray.is_initialized():
            raise InputError("this process is connected to Ray already: a process can compute on one cluster at a time")
        self._head: Any = None
        self._folder = Path(tempfile.mkdtemp(prefix="ray-")) if is_alone else None
        self._watch = _Watch(self._folder)
        self._held = ExitStack()
        self._held.enter_context(redirect_stdout(sys.stderr))  # Ray says there what becomes of workers, and it is no output of a command
        try:
            answering = self._held.enter_context(answered_here())
            self._start(places) if is_alone else self._join(address)
            answering()
        except Exception as error:  # noqa: BLE001 (of whatever kind Ray's are)
            self.close()
            raise _unreachable(address, error) from None

    def _join(self, address: str) -> None:
        logging.getLogger("ray").setLevel(logging.WARNING)
        with warnings.catch_warnings(action="ignore"):  # what it warns of while nobody answers, our error says
            self.ray.init(address, **({} if address.startswith(CLIENT) else _QUIET))

    def _start(self, places: int) -> None:
        """Starts what Ray needs to place workers, and neither what watches logs nor what would start more machines."""
        asked = {
            "num_cpus": places, "include_dashboard": False, "include_log_monitor": False, "no_monitor": True,
            "object_store_memory": _OBJECT_BYTES, "node_ip_address": _LOOPBACK, "temp_dir": str(self._folder),
            # Workers start when they are asked for, and no others.
            "_system_config": {"prestart_worker_first_driver": False, "enable_worker_prestart": False},
        }  # fmt: skip
        assert self._folder is not None
        with _noting_addresses_in(self._folder):
            self._head = importlib.import_module("ray.cluster_utils").Cluster(initialize_head=True, head_node_args=asked)
        self.ray.init(self._head.address, _node_ip_address=_LOOPBACK, **_QUIET)
        if (at := self.ray.util.get_node_ip_address()) != _LOOPBACK:
            raise ConnectionError(f"Ray would listen at {at}, where other machines reach it")

    def close(self) -> None:
        """Leaves the cluster. Of one that was started here neither a process nor a file stays."""
        try:
            self.ray.shutdown()
            if self._folder is not None and self._head is not None:
                with _noting_addresses_in(self._folder):
                    self._head.shutdown()
        finally:
            self._held.close()
            self._watch.close()
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)


class _Watch:
    """A process that says what happened where this one is ended without a word, as Ray's library ends a process whose cluster is gone.

    It also removes the folder of a cluster that was started here, once Ray's own processes have ended.
    """

    def __init__(self, folder: Path | None) -> None:
        code = _WATCHES.format(gone=_GONE, folder=str(folder or ""))
        command = [sys.executable, "-I", "-S", "-c", code]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603

    def close(self) -> None:
        self._process.communicate(b"done")


@contextmanager
def _noting_addresses_in(folder: Path) -> Iterator[None]:
    """Ray notes where the machine's newest cluster is; that of one that is started for a build it notes in the cluster's own folder."""
    (folder / "ray").mkdir(exist_ok=True)
    before = {"RAY_TMPDIR": os.environ["RAY_TMPDIR"]} if "RAY_TMPDIR" in os.environ else {}
    os.environ.update(RAY_TMPDIR=str(folder))
    try:
        yield
    finally:
        os.environ.pop("RAY_TMPDIR")
        os.environ.update(before)


def _unreachable(address: str, error: Exception) -> InputError:
    return InputError(
        f"there is no Ray cluster at {address!r} ({type(error).__name__}: {error}): start one with `ray start --head`, name it as "
        f"ray://HOST:{_CLIENT_PORT}, or take `--on {STARTED_HERE}`, which starts one on this machine for one build. A cluster that gets "
        "a wrong token or none (RAY_AUTH_TOKEN) does not answer either"
    )


def _library(*, is_alone: bool) -> Any:
    """The library, which reports nothing to its makers."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if is_alone or any(os.environ.get(name) for name in _TOKENS) or (Path.home() / ".ray" / "auth_token").exists():
        os.environ.setdefault("RAY_AUTH_MODE", "token")  # as by default, without a word about it, and through ray:// too
    if is_alone:
        # Otherwise Ray takes 127.0.0.1 for the machine's own address. Read when Ray is imported, and by its processes.
        os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
    return importlib.import_module("ray")
