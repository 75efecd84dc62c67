"""Dagster's instance of a data root: the same settings whoever starts it and wherever from."""

import os
from pathlib import Path
from typing import Any

import dagster as dg
import yaml

from wrapped_assets.orchestration.where import storage_folder
from wrapped_assets.storage.whole_files import write_whole

WORKSPACE: dict[str, Any] = {
    "load_from": [{"python_module": {"module_name": "wrapped_assets.definitions", "location_name": "wrapped_assets"}}]
}
SETTINGS: dict[str, Any] = {
    "storage": {"custom": {"module": "wrapped_assets.orchestration.event_storage", "class": "Storage", "config": {}}},
    "telemetry": {"enabled": False},
    "nux": {"enabled": False},
    "compute_logs": {"module": "dagster._core.storage.noop_compute_log_manager", "class": "NoOpComputeLogManager"},
    "run_launcher": {"module": "wrapped_assets.orchestration.launching", "class": "Launcher"},
    "run_coordinator": {"module": "wrapped_assets.orchestration.queueing", "class": "Coordinator"},
    "concurrency": {"runs": {"max_concurrent_runs": 1}, "pools": {"default_limit": 1, "granularity": "run"}},
    "run_monitoring": {"enabled": True, "start_timeout_seconds": 180, "poll_interval_seconds": 30},
    "freshness": {"enabled": True},
    "retention": {
        "schedule": {"purge_after_days": 30},
        "sensor": {"purge_after_days": {"skipped": 2, "success": 30, "failure": 30, "started": 30}},
    },
}

MEMORY = "memory"  # the pool of figures over all listeners: a run that has them needs a machine's memory, and two of them take turns
BROUGHT = {"run_launcher": "run_launcher", "run_coordinator": "run_queue"}  # what files of earlier versions lack, unless they say the other


def prepare(root: Path) -> dict[str, str]:
    """Writes the settings below the data root, unless an operator's own are there; returns the environment in which Dagster uses them."""
    folder = storage_folder(root.absolute())
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in (("dagster.yaml", SETTINGS), ("workspace.yaml", WORKSPACE)):
        if not (folder / name).exists():
            write_whole(folder / name, yaml.safe_dump(content, sort_keys=False).encode(), replaces=False)
    _complete(folder / "dagster.yaml")
    return {**os.environ, "WRAPPED_DATA": str(root.absolute()), "DAGSTER_HOME": str(folder), "DAGSTER_DISABLE_TELEMETRY": "yes"}


def _complete(file: Path) -> None:
    """Adds to an operator's own settings what an earlier version could not write."""
    text = file.read_text()
    there = yaml.safe_load(text) or {}
    if missing := {name: SETTINGS[name] for name, other in BROUGHT.items() if name not in there and other not in there}:
        write_whole(file, f"{text.rstrip()}\n{yaml.safe_dump(missing, sort_keys=False)}".encode())


def open_instance(root: Path) -> dg.DagsterInstance:
    """The instance of a data root, in this process; sets the environment accordingly."""
    os.environ.update(prepare(root))
    instance = dg.DagsterInstance.from_config(str(storage_folder(root.absolute())))
    if MEMORY not in instance.event_log_storage.get_concurrency_keys():  # Dagster does not hold the first runs to a limit that is new to it
        instance.event_log_storage.initialize_concurrency_limit_to_default(MEMORY)
    return instance
