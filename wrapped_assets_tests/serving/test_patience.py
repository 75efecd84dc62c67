"""Attacks on a server by readers: slow, idle, greedy and gone; by a system that opens no more files, a disk that is full, and a kill."""

from __future__ import annotations

import errno
import os
import resource
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.serving import patience
from wrapped_assets.serving.launch.load import free_port
from wrapped_assets.serving.rendered.rendering import render
from wrapped_assets.storage import registry
from wrapped_assets.storage.addresses import addresses
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.serving.served import served
from wrapped_assets_tests.small_roots import copied


@pytest.fixture(scope="module")
def page(_small: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, str]]:
    """A server that is patient for half a second, and the path of ana's rendered page."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("REQUEST_SECONDS", "READING_SECONDS", "IDLE_SECONDS"):
            patch.setattr(patience, name, 0.5)
        for root in copied(_small, tmp_path_factory.mktemp("patient") / "root"):
            with served(Project(root)) as get:
                get.root = root
                yield get, rendered(root, "ana")


def rendered(root: Root, name: str) -> str:
    project = Project(root)
    publish_edition(project, 2025)
    render(project, 2025)
    return path_of(root, name)


def path_of(root: Root, name: str) -> str:
    person = registry.find_listener(root, name).listener_id
    return f"/2025/{addresses(root, 2025, [person])[person].token}"


def connected(address: str) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", urlsplit(address).port or 0), timeout=10)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    return made


def head(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def is_ended(reader: socket.socket) -> bool:
    """Whether the server ends the connection within some seconds."""
    try:
        while reader.recv(65_536):
            pass
    except ConnectionError:
        pass
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize("start", [b"", b"G", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "])
def test_a_request_that_never_ends_is_ended_and_others_are_answered_meanwhile(page: tuple[Any, str], start: bytes) -> None:
    get, path = page
    with ExitStack() as open_ones:
        slow = [open_ones.enter_context(connected(get.address)) for _ in range(20)]
        for each in slow:
            each.sendall(start)
        assert get(path).status == 200
        assert all(map(is_ended, slow))


def test_a_byte_now_and_then_buys_no_time(page: tuple[Any, str]) -> None:
    get, path = page
    with connected(get.address) as slow:
        began = time.monotonic()
        try:
            for byte in head(path) * 10:
                slow.sendall(bytes([byte]))
                time.sleep(0.05)
        except ConnectionError:
            pass
        assert time.monotonic() - began < 5


def test_readers_who_take_no_answer_are_ended_and_others_are_answered_meanwhile(page: tuple[Any, str]) -> None:
    get, path = page
    asked = 1_000  # more answers than the system keeps for a reader
    with ExitStack() as open_ones:
        slow = [open_ones.enter_context(connected(get.address)) for _ in range(3)]
        for each in slow:
            each.sendall(head(path) * asked)
        assert get(path).status == 200
        assert until_nobody_is_there(get.server)


def until_nobody_is_there(server: Any) -> bool:
    """Whether every connection and every task of the server ends within some seconds."""
    state, until = server.server_state, time.monotonic() + 10
    while (state.connections or state.tasks) and time.monotonic() < until:
        time.sleep(0.05)
    return not state.connections and not state.tasks


def test_readers_who_leave_in_the_middle_leave_nothing_behind(page: tuple[Any, str]) -> None:
    get, path = page
    for count in (0, 1, 30, len(head(path))):
        for _ in range(20):
            with connected(get.address) as gone:
                gone.sendall(head(path)[:count])
                gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # a reset, not a farewell
    assert get(path).status == 200
    assert until_nobody_is_there(get.server)


def test_beyond_the_most_readers_one_is_told_to_come_again_and_room_is_made_for_whoever_asks(
    page: tuple[Any, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    get, path = page
    monkeypatch.setattr(get.server.config, "readers_at_once", 3)
    with ExitStack() as open_ones:
        idle = [open_ones.enter_context(connected(get.address)) for _ in range(3)]
        with connected(get.address) as other:
            assert other.recv(100).startswith(b"HTTP/1.1 503 ")
        assert all(map(is_ended, idle)), "idle connections are ended"
    assert get(path).status == 200


def test_there_are_always_files_left_for_pages() -> None:
    code = """
import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (256, 300))
from wrapped_assets.serving.patience import readers_at_once
print(readers_at_once(), resource.getrlimit(resource.RLIMIT_NOFILE)[0])"""
    assert subprocess.check_output([sys.executable, "-c", code], text=True).split() == ["100", "300"]


def test_a_request_with_too_long_a_head_is_refused(page: tuple[Any, str]) -> None:
    get, _ = page
    with connected(get.address) as greedy:
        greedy.sendall(b"GET / HTTP/1.1\r\n" + b"X-Much: " + b"a" * 60_000)
        assert greedy.recv(100).startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize("sent", [b"\x16\x03\x01\x02\x00", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"])
def test_what_is_no_request_is_refused_and_nothing_is_written_of_it(
    page: tuple[Any, str], sent: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    get, path = page
    with connected(get.address) as other:
        other.sendall(sent)
        assert is_ended(other)
    assert get(path).status == 200
    assert capfd.readouterr().err == ""


def test_a_page_that_cannot_be_opened_now_is_not_said_to_be_missing(page: tuple[Any, str], monkeypatch: pytest.MonkeyPatch) -> None:
    get, path = page

    def fails(_: Path) -> bytes:
        raise OSError(errno.EMFILE, "Too many open files")

    assert get(path).status == 200
    other = path_of(get.root, "bo")  # nobody read it yet, so it is not in memory
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", fails)
        answer = get(other)
        assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert get(other).status == 200


def test_a_server_whose_disk_is_full_sends_whole_pages_and_one_that_was_killed_under_load_sends_them_again(small: Root) -> None:
    path, port = rendered(small, "ana"), free_port()
    small.engine.dispose()
    before = contents(small.path)
    pages = set[bytes]()
    for _ in range(2):
        command = [sys.executable, "-m", "wrapped_assets.serving.launch.load", str(small.path), str(port)]
        server = subprocess.Popen(command, env=os.environ | {"WRAPPED_REHEARSAL": "r" * 24}, stderr=subprocess.DEVNULL)
        address = f"http://127.0.0.1:{port}{path}"
        pages.add(until_answered(address))
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (0, 0))
        with ExitStack() as open_ones:
            for each in [open_ones.enter_context(connected(address)) for _ in range(20)]:
                each.sendall(head(path) * 20)
            for taken in ("br", "gzip", ""):
                request = urllib.request.Request(address, headers={"Accept-Encoding": taken})
                assert urllib.request.urlopen(request).status == 200
            pages |= {urllib.request.urlopen(address).read() for _ in range(20)}
            server.kill()
            server.wait()
    assert len(pages) == 1
    assert contents(small.path) == before


def contents(folder: Path) -> dict[Path, bytes]:
    """Every file but the ones that SQLite keeps beside a database that is open."""
    return {each: each.read_bytes() for each in folder.rglob("*") if each.is_file() and not each.name.endswith(("-shm", "-wal"))}


def until_answered(address: str) -> bytes:
    until = time.monotonic() + 60
    while True:
        try:
            return urllib.request.urlopen(address).read()
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
