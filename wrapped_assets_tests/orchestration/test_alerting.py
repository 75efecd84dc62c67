"""Who is told of a failed run, and what: a program of the operator's, and nothing of anybody."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import dagster as dg
import orjson
import pytest

from wrapped_assets.orchestration.alerting import PROGRAM, alert

COPY = "import sys; open(sys.argv[1], 'ab').write(sys.stdin.buffer.read())"


@dg.op
def insights__broken() -> None:
    raise ValueError("Unmistakable Title")


@dg.job(executor_def=dg.in_process_executor)
def years() -> None:
    insights__broken()


def tick(program: str | None, monkeypatch: pytest.MonkeyPatch) -> dg.SkipReason | None:
    monkeypatch.delenv(PROGRAM, raising=False)
    if program is not None:
        monkeypatch.setenv(PROGRAM, program)
    with dg.DagsterInstance.ephemeral() as instance:
        done = years.execute_in_process(instance=instance, raise_on_error=False)
        context = dg.build_run_status_sensor_context(alert.name, done.get_run_failure_event(), instance, done.dagster_run)
        return alert(context.for_run_failure())


def test_the_program_gets_the_job_and_the_failed_steps_and_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = tmp_path / "told"
    assert tick(shlex.join([sys.executable, "-c", COPY, str(told)]), monkeypatch) is None
    found = orjson.loads(told.read_bytes())
    assert (found["job"], found["steps"], set(found)) == ("years", ["insights__broken"], {"job", "run", "steps"})
    assert b"Unmistakable" not in told.read_bytes()


@pytest.mark.parametrize(
    ("program", "said"),
    [(None, "names no program"), ("/no/such/program", "could not be run"), ("'", "could not be run"), ("false", "failed")],
)
def test_without_a_program_that_works_the_tick_says_so(program: str | None, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert said in (tick(program, monkeypatch).skip_message or "")
