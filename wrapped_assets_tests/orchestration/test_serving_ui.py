"""`wrapped ui`: one to a data root and a port; its processes end with it; a run whose process is gone ends, too."""

from __future__ import annotations

import configparser
import importlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import dagster as dg
import pytest
import yaml
from dagster._core.launcher import WorkerStatus
from dagster._core.storage.tags import GRPC_INFO_TAG

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.orchestration import dev, launching, ui
from wrapped_assets.orchestration.instance import SETTINGS, prepare
from wrapped_assets.orchestration.launching import Launcher, held


def test_a_second_ui_on_a_data_root_or_a_port_in_use_is_refused_with_a_sentence(tmp_path: Path) -> None:
    prepare(tmp_path)
    ui._be_the_only_one(tmp_path)
    with pytest.raises(InputError, match="another `wrapped ui` shows this data root"):
        ui._be_the_only_one(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(InputError, match="choose another with --port"):
            ui._check_port("127.0.0.1", taken.getsockname()[1])
    with pytest.raises(InputError, match="expected a free port"):
        ui._check_port("no-such-host.invalid", 3000)


def test_settings_of_an_earlier_version_get_what_they_lack_and_keep_what_is_theirs(tmp_path: Path) -> None:
    file = tmp_path / "dagster" / "dagster.yaml"
    file.parent.mkdir()
    file.write_text("# mine\ntelemetry: {enabled: false}\nrun_monitoring: {enabled: false}\n")
    for _ in range(2):
        prepare(tmp_path)
        text = file.read_text()
        assert text.startswith("# mine\n")
        found = yaml.safe_load(text)
        assert found.keys() == {"telemetry", "run_monitoring", "run_launcher", "run_coordinator"}
        assert all(found[name] == SETTINGS[name] for name in ("run_launcher", "run_coordinator"))
        assert found["run_monitoring"] == {"enabled": False}


def test_a_queue_of_an_operators_own_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "dagster" / "dagster.yaml"
    file.parent.mkdir()
    file.write_text("run_queue: {max_concurrent_runs: 3}\n")
    prepare(tmp_path)
    assert "run_coordinator" not in yaml.safe_load(file.read_text())


def test_the_processes_end_with_an_interrupt_and_with_their_parent(tmp_path: Path) -> None:
    def waits(name: str) -> None:
        (tmp_path / name).write_text(str(os.getpid()))
        time.sleep(60)

    def is_there(name: str) -> bool:
        return (tmp_path / name).exists() and bool((tmp_path / name).read_text())

    def parent() -> None:
        with dev._running([lambda: waits("orphan")]):
            time.sleep(60)

    with dev._running([lambda: waits("a"), lambda: waits("b")]):
        other = dev._forked(parent)
        _until(lambda: all(map(is_there, ("a", "b", "orphan"))))
        os.kill(other, signal.SIGKILL)
        os.waitpid(other, 0)
    for name in ("a", "b", "orphan"):
        _until(lambda name=name: not _lives(int((tmp_path / name).read_text())))


def _until(holds: object) -> None:
    for _ in range(400):
        if holds():  # type: ignore[operator]
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen within twenty seconds")


def _lives(process: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


def test_a_run_whose_process_is_gone_is_found_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRAPPED_DATA", str(tmp_path))
    monkeypatch.setattr(launching, "FIRST_SECONDS", 0)
    with dg.DagsterInstance.ephemeral() as instance:
        launcher = Launcher()
        launcher.register_instance(instance)
        run = dg.DagsterRun("months", run_id="0" * 32, status=dg.DagsterRunStatus.STARTED, tags={GRPC_INFO_TAG: "{}"})
        instance.add_run(run)
        assert launcher.supports_check_run_worker_health
        with held(run.run_id):
            assert launcher.check_run_worker_health(run).status is WorkerStatus.RUNNING
        assert launcher.check_run_worker_health(run).status is WorkerStatus.NOT_FOUND
        if killed := os.fork():
            _until(lambda: launcher.check_run_worker_health(run).status is WorkerStatus.RUNNING)
            os.kill(killed, signal.SIGKILL)
            os.waitpid(killed, 0)
        else:
            with held(run.run_id):
                time.sleep(60)
        assert launcher.check_run_worker_health(run).status is WorkerStatus.NOT_FOUND
        by_command = dg.DagsterRun("months", run_id="1" * 32, status=dg.DagsterRunStatus.STARTED)
        assert launcher.check_run_worker_health(by_command).status is WorkerStatus.RUNNING
        (tmp_path / "dagster" / "running" / by_command.run_id).touch()  # `dg launch` was killed
        assert launcher.check_run_worker_health(by_command).status is WorkerStatus.NOT_FOUND


@pytest.mark.parametrize("unit", sorted((Path(__file__).parents[2] / "docs" / "systemd").glob("*.service")), ids=lambda unit: unit.stem)
def test_the_units_of_systemd_are_valid_and_start_what_exists(unit: Path, tmp_path: Path) -> None:
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.optionxform = str  # type: ignore[assignment]
    read.read_string(unit.read_text())
    program, command, *options = read["Service"]["ExecStart"].split()
    assert Path(program).name == "wrapped"
    module = importlib.import_module(f"wrapped_assets.commands.{command}")
    assert module.command.make_context(command, options).params["port"]
    if shutil.which("systemd-analyze"):
        here = unit.read_text().replace(program, sys.executable).replace("/srv/wrapped", str(tmp_path))
        copy = tmp_path / unit.name
        copy.write_text("\n".join(line for line in here.splitlines() if not line.startswith(("User=", "Group="))))
        done = subprocess.run(["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
