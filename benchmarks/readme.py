"""Writes the figures that README.md quotes, from a run of the demo: `python -m benchmarks.readme`."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"
BLOCK = re.compile(r"(<!-- demo: [^\n]*-->\n).*?(<!-- end of demo -->)", re.DOTALL)
SHOWN_LINES = 16  # the first screen of a terminal


def demo_output() -> str:
    """What `wrapped demo` prints on a new data root."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "WRAPPED_DATA": f"{folder}/data"}
        command = [sys.executable, "-c", "import sys; from wrapped_assets.cli import main; sys.exit(main())", "demo"]
        return subprocess.run(command, env=environment, cwd=README.parent, check=True, capture_output=True, text=True).stdout


def block(output: str) -> str:
    """The text between the markers: the start of the output, the date and the machine."""
    today = datetime.now(UTC).date()
    taken = f"{today.day} {today:%B %Y}, Python {platform.python_version()}, {os.cpu_count()} cores"
    shown = "\n".join(line.rstrip() for line in output.splitlines()[:SHOWN_LINES])
    return f"```text\n{shown}\n…\n```\n\n*Printed by `wrapped demo` on {taken}.*\n"


def main() -> None:
    """Replaces the block in README.md."""
    text = README.read_text(encoding="utf-8")
    written = BLOCK.sub(lambda found: found[1] + block(demo_output()) + found[2], text)
    README.write_text(written, encoding="utf-8")


if __name__ == "__main__":
    main()
