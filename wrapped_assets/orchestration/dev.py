"""`dagster dev` with the shielded webserver in place of Dagster's own: `python -m wrapped_assets.orchestration.dev` takes its options."""

import subprocess
from collections.abc import Sequence
from typing import Any

from dagster._cli import dev

from wrapped_assets.storage.private import keep_private

_THEIRS, _OURS = "dagster_webserver", "wrapped_assets.orchestration.webserver"
_open = dev.open_ipc_subprocess  # an AttributeError where a newer Dagster starts its processes in another way


def start(parts: Sequence[str], **settings: Any) -> "subprocess.Popen[Any]":
    """Starts one of Dagster's processes; the webserver is ours."""
    return _open([_OURS if part == _THEIRS else part for part in parts], **settings)


dev.open_ipc_subprocess = start

if __name__ == "__main__":
    keep_private()
    dev.dev_command(prog_name="dagster dev")
