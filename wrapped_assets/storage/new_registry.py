"""Makes the tables of a new SQLite registry at once, as all migrations together leave them.

`new_registry.sql` says how. `python -m wrapped_assets.storage.new_registry` writes it anew after a migration was added; a test compares
it with what the migrations make.
"""

from __future__ import annotations

import sqlite3
import tempfile
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


def script() -> str:
    """What `new_registry.sql` should say: the tables, rows and triggers of a registry that every migration has run over."""
    from wrapped_assets.storage.database import engine_for, upgrade

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "registry.sqlite"
        engine = engine_for(f"sqlite:///{place}")
        upgrade(engine)
        engine.dispose()
        connection = sqlite3.connect(place)
        try:
            made = [statement for statement in connection.iterdump() if statement not in ("BEGIN TRANSACTION;", "COMMIT;")]
        finally:
            connection.close()
    lines = (line.rstrip() for statement in made for line in statement.splitlines())
    return "\n".join(line for line in lines if line) + "\n"


if __name__ == "__main__":
    _SCRIPT.write_text(script(), encoding="utf-8")
