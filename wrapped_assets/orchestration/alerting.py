"""Tells a program of the operator's that a run failed: it may write an e-mail, or call a webhook.

WRAPPED_ON_FAILURE names the program with its arguments. It gets one line of JSON: the job, the run, and the steps that failed, which are
called as their assets are. Nothing of an error's text is in it.
"""

import os
import shlex
import subprocess

import dagster as dg
import orjson

PROGRAM = "WRAPPED_ON_FAILURE"
SECONDS = 30  # a sensor has sixty


@dg.run_failure_sensor(name="alert", minimum_interval_seconds=30, default_status=dg.DefaultSensorStatus.RUNNING)
def alert(context: dg.RunFailureSensorContext) -> dg.SkipReason | None:
    """Runs the program that WRAPPED_ON_FAILURE names, once for each run that failed."""
    program = os.environ.get(PROGRAM)
    if not program:
        return dg.SkipReason("WRAPPED_ON_FAILURE names no program, so nobody is told.")
    steps = sorted(event.step_key or "" for event in context.get_step_failure_events())
    told = {"job": context.dagster_run.job_name, "run": context.dagster_run.run_id, "steps": steps}
    try:
        words, line = shlex.split(program), orjson.dumps(told) + b"\n"
        done = subprocess.run(words, input=line, timeout=SECONDS, capture_output=True, check=False)  # noqa: S603 (the operator's own)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return dg.SkipReason("The program of WRAPPED_ON_FAILURE could not be run, or took more than thirty seconds.")
    return dg.SkipReason("The program of WRAPPED_ON_FAILURE failed.") if done.returncode else None
