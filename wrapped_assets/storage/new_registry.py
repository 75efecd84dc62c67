"""Makes the tables of a new SQLite registry at once, as all migrations together leave them.

`new_registry.sql` says how. `python tools/make_registry.py` writes it anew after a migration was added; a test compares it with what the
migrations make.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

_SCRIPT = Path(__file__).with_name("new_registry.sql")


def statements() -> Iterator[str]:
    """The statements in order, for a database without tables."""
    lines: list[str] = []
    for line in _SCRIPT.read_text(encoding="utf-8").splitlines():
        lines.append(line)
        if sqlite3.complete_statement("\n".join(lines)):
            yield "\n".join(lines)
            lines = []
