"""Runs `wrapped` as a person would, in this process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from wrapped_assets.cli import main


def run(data: Path | None, *arguments: object, code: int | None = 0) -> Result:
    """The outcome of a command; fails where the exit code is another."""
    given = [] if data is None else ["--data", str(data)]
    found = CliRunner().invoke(main, [*given, *map(str, arguments)])
    unexpected = found.exception if not isinstance(found.exception, SystemExit) else None
    assert unexpected is None, f"{arguments}: {unexpected!r}"
    assert code is None or found.exit_code == code, f"{arguments}: exit {found.exit_code}\n{found.stdout}\n{found.stderr}"
    return found


def document(data: Path, *arguments: object, code: int = 0) -> Any:
    """The one JSON document that a command prints with --json."""
    return json.loads(run(data, *arguments, "--json", code=code).stdout)
