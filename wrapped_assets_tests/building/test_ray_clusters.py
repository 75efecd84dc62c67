"""`wrapped build --on`: which cluster is reached, what is started for it, and what is left of it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import psutil
import pytest

from wrapped_assets.building.build import build
from wrapped_assets.building.placement import executor_at
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.storage import memory
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.building.stoppable import few
from wrapped_assets_tests.building.unbuilt import PLAYS, _imported, files, imported
from wrapped_assets_tests.commands.running import run
from wrapped_assets_tests.small_roots import KEY, import_small, lake_files

__all__ = ["_imported", "files", "imported"]


def line(process: psutil.Process) -> str:
    """A process's command line; none of one that has ended meanwhile."""
    with contextlib.suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""


def test_a_place_that_is_none_is_refused(imported: Root) -> None:
    assert "expected a place where cells are computed" in run(imported.path, "build", "--on", "cloud", code=2).stderr


@pytest.mark.parametrize(
    ("address", "variable"),
    [
        ("ray://127.0.0.1:9", ""), ("ray://127.0.0.1:port", ""), ("ray://", ""), ("ray://host.invalid:10001", ""),
        ("auto", "127.0.0.1:9"), ("auto", "ray://127.0.0.1:9"),
    ],
)  # fmt: skip
def test_an_address_where_nobody_listens_is_an_error_before_anything_is_planned(
    imported: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, variable: str
) -> None:
    monkeypatch.setenv("RAY_ADDRESS", variable if address == "auto" else "")
    assert_unreachable(imported, monkeypatch, address, variable)
    monkeypatch.setenv("RAY_ADDRESS", "")
    monkeypatch.setenv("RAY_TMPDIR", str(tmp_path))  # where the last head has noted itself, which was killed
    (tmp_path / "ray").mkdir()
    (tmp_path / "ray" / "ray_current_cluster").write_text(variable)
    assert_unreachable(imported, monkeypatch, address, variable)


def assert_unreachable(imported: Root, monkeypatch: pytest.MonkeyPatch, address: str, variable: str) -> None:
    monkeypatch.setattr("wrapped_assets.building.build.build", None)
    said = run(imported.path, "build", "--on", address, code=2).stderr
    assert f"there is no Ray cluster at '{address}" in said
    assert variable in said
    assert "a wrong token or none (RAY_AUTH_TOKEN)" in said


@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00", b""])
def test_somebody_else_who_listens_at_an_address_is_an_error_at_once(
    imported: Root, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    class Stranger(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(100)
            self.request.sendall(answer)
            if not answer:
                self.request.recv(100)  # says nothing, until the other one goes

    monkeypatch.setattr("wrapped_assets.building.ray_cluster._KNOCK_SECONDS", 0.5)
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Stranger) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        at = f"127.0.0.1:{server.server_address[1]}"
        monkeypatch.setenv("RAY_ADDRESS", at)
        for place in ("auto", f"ray://{at}"):
            assert "there is no Ray cluster" in run(imported.path, "build", "--on", place, code=2).stderr
        server.shutdown()


def test_a_build_with_nothing_to_compute_starts_no_cluster(small: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_TMPDIR", str(tmp_path))  # another cluster may have been on this machine
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.setattr("wrapped_assets.building.ray_executor.Cluster", None)
    assert run(small.path, "build", "--on", "ray").stdout.startswith("0 cells recomputed")
    assert run(small.path, "build", "--on", "auto", "--workers", "3").stdout.startswith("0 cells recomputed")


def test_polars_has_the_threads_and_the_memory_of_a_worker_on_ray() -> None:
    code = (
        "from wrapped_assets.building.station import Station; Station(); import os, polars;"
        "print(polars.thread_pool_size(), os.environ['_RJEM_MALLOC_CONF'])"
    )
    about = {name: value for name, value in os.environ.items() if name not in ("POLARS_MAX_THREADS", "_RJEM_MALLOC_CONF")}
    said = subprocess.run([sys.executable, "-c", code], env=about, check=True, capture_output=True, text=True).stdout
    assert said.startswith("1 ")
    assert said.strip().endswith(memory.POLARS)


def test_without_ray_the_place_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(InputError, match=r"pip install wrapped-assets\[ray\]"), executor_at("ray"):
        pass


def command_on_ray(
    root: Root,
    folder: str,
    place: str = "ray",
    about: Mapping[str, str] = os.environ,
    asset: str = "listens/plays",
    options: Sequence[str] = (),
) -> subprocess.Popen[str]:
    """`wrapped build --on` in a process of its own, whose temporary files are in a folder with a short path: Ray's sockets need that."""
    command = [sys.executable, "-c", "from wrapped_assets.cli import main; main()", "--data", str(root.path), "build", "--on", place]
    command += ["--select", asset, *options]
    return subprocess.Popen(
        command, env={**about, "TMPDIR": folder}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


@pytest.mark.slow
def test_the_command_builds_on_ray_and_leaves_neither_a_process_nor_a_file(imported: Root, files: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        ended = command_on_ray(imported, folder, about=os.environ | {"RAY_ADDRESS": "127.0.0.1:9"})  # of some other cluster
        output, errors = ended.communicate()
        assert not list(Path(folder).iterdir())
        assert not [each for each in psutil.process_iter() if folder in line(each)]
    assert (ended.returncode, errors) == (0, "")
    assert " 0 unchanged" in output
    plays = {path: content for path, content in files.items() if path.startswith("lake/listens/plays")}
    assert {path: content for path, content in lake_files(imported).items() if path in plays} == plays


def stations(running: psutil.Process) -> list[psutil.Process]:
    return [each for each in running.children(recursive=True) if "ray::Station" in line(each)]


@pytest.mark.slow
def test_what_ray_says_of_a_lost_worker_is_no_output_of_the_command(imported: Root, files: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp", ignore_cleanup_errors=True) as folder:
        ended = command_on_ray(imported, folder, options=("--json", "--workers", "2"))
        while not (found := stations(psutil.Process(ended.pid))):
            time.sleep(0.1)
            assert ended.poll() is None
        found[0].kill()
        output, errors = ended.communicate(timeout=200)
    assert ended.returncode == 0, errors
    assert json.loads(output)["failed"] == []
    assert "a worker on Ray ended; others did its work" in errors
    assert build(few(imported)).failed == []
    assert lake_files(imported) == files


def processes_once_computing(build: subprocess.Popen[str]) -> list[psutil.Process]:
    """What a build on Ray has started, once it has workers."""
    running = psutil.Process(build.pid)
    while not stations(running):
        time.sleep(0.1)
        assert build.poll() is None
    return running.children(recursive=True)


@pytest.mark.slow
def test_of_a_build_that_is_killed_neither_a_process_nor_a_file_is_left(imported: Root, files: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        ended = command_on_ray(imported, folder)
        started = processes_once_computing(ended)
        ended.kill()
        assert "the build was ended with its Ray cluster" in ended.communicate(timeout=60)[1]
        assert not psutil.wait_procs(started, timeout=60)[1]
        assert not list(Path(folder).iterdir())
    assert build(few(imported)).failed == []
    assert lake_files(imported) == files


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_build_that_is_asked_to_end_says_so_in_one_sentence_and_leaves_nothing(imported: Root, number: signal.Signals) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        ended = command_on_ray(imported, folder)
        started = processes_once_computing(ended)
        time.sleep(1)  # until the library has the signals
        ended.send_signal(number)
        output, errors = ended.communicate(timeout=60)
        assert (ended.returncode, output, len(errors.splitlines())) == (1, "", 1), errors
        assert f"ended by {number.name}" in errors
        assert not psutil.wait_procs(started, timeout=60)[1]
        assert not list(Path(folder).iterdir())


@pytest.mark.slow
def test_a_build_whose_cluster_is_gone_says_so_and_the_next_one_finishes(imported: Root, files: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp", ignore_cleanup_errors=True) as folder:
        ended = command_on_ray(imported, folder)
        running = psutil.Process(ended.pid)
        while not (head := [each for each in running.children(recursive=True) if each.name() in ("gcs_server", "raylet")]) or len(head) < 2:
            time.sleep(0.1)
            assert ended.poll() is None
        for each in head:
            each.kill()
        _, errors = ended.communicate(timeout=200)
        assert ended.returncode != 0
        assert "the build was ended with its Ray cluster" in errors or "no Ray cluster" in errors
        assert "run the build again" in errors or "no Ray cluster" in errors
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:  # another head
        again = command_on_ray(imported, folder)
        _, errors = again.communicate(timeout=200)
        assert again.returncode == 0, errors
    assert build(few(imported)).failed == []
    assert lake_files(imported) == files


@contextlib.contextmanager
def staying(command: list[str], about: Mapping[str, str]) -> Iterator[None]:
    """A head that runs until the end of the block, where it is killed with all that it started."""
    head = subprocess.Popen(command, env=about, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert head.stdout is not None
        assert any("block forever" in line for line in head.stdout)
        yield
    finally:
        for each in [*psutil.Process(head.pid).children(recursive=True), head]:
            each.kill()
        head.wait()


def computed_on(root: Root, folder: str, place: str, about: Mapping[str, str], asset: str) -> None:
    ended = command_on_ray(root, folder, place, about, asset)
    output, errors = ended.communicate(timeout=200)
    assert ended.returncode == 0, errors
    assert "cells recomputed" in output
    assert not output.startswith("0 ")


@pytest.mark.slow
@pytest.mark.postgres
def test_the_commands_of_scale_md_build_on_a_cluster_that_stays(
    postgres: str, files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = (Path(__file__).parents[2] / "docs" / "scale.md").read_text(encoding="utf-8").splitlines()
    start = next(line for line in lines if line.startswith("ray start --head"))
    stated = [line.split()[-1] for line in lines if line.startswith(("wrapped build --on auto", "RAY_AUTH_MODE=token wrapped build --on"))]
    assert stated == ["auto", "ray://127.0.0.1:10001"]
    monkeypatch.setenv("WRAPPED_REGISTRY_URL", postgres)
    monkeypatch.setenv("HOME", str(tmp_path))  # where Ray keeps its token
    imported = Root.open_or_make(tmp_path / "root", 2, KEY)
    import_small(imported, PLAYS)
    imported.engine.dispose()
    about = os.environ | {
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_AUTH_MODE": "token", "GRPC_ENABLE_FORK_SUPPORT": "0", "GRPC_POLL_STRATEGY": "poll",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }  # fmt: skip
    subprocess.run(["ray", "get-auth-token", "--generate"], env=about, check=True, capture_output=True)
    with tempfile.TemporaryDirectory(dir="/tmp", ignore_cleanup_errors=True) as folder:
        command = [*start.split(), "--temp-dir", folder, "--num-cpus", "2"]
        at_work = {"RAY_ADDRESS": "127.0.0.1:6379"}  # another cluster may run on this machine
        with staying(command, about):
            for place, asset in zip(stated, ("listens/plays", "aggregates/artist_months"), strict=True):
                computed_on(imported, folder, place, about | (at_work if place == "auto" else {}), asset)
            refused = command_on_ray(imported, folder, stated[1], about | {"RAY_AUTH_TOKEN": "5ec4e7" * 8}, "aggregates/recording_months")
            _, errors = refused.communicate(timeout=200)
            assert refused.returncode == 2
            assert "a wrong token or none (RAY_AUTH_TOKEN)" in errors
            assert "5ec4e7" not in errors
        with staying(command, about):  # the head again
            computed_on(imported, folder, "auto", about | at_work, "aggregates/recording_months")
    assert build(few(imported)).failed == []
    assert lake_files(imported) == files
