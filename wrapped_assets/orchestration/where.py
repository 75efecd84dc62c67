"""Where things lie: the data root that the environment names, and Dagster's own storage below it."""

import os
from pathlib import Path

HOSTS = "WRAPPED_UI_HOSTS"  # names in the environment the hosts that the webserver answers to, separated by spaces


def data_root() -> Path:
    """The data root: WRAPPED_DATA, otherwise `data/home` in the working directory."""
    return Path(os.environ.get("WRAPPED_DATA") or "data/home").absolute()


def storage_folder(root: Path) -> Path:
    """Where Dagster keeps runs, events and schedules of a data root."""
    return root / "dagster"
