"""Writes `wrapped_assets/storage/new_registry.sql`: the tables, rows and triggers of a registry that every migration has run over."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

from wrapped_assets.storage import new_registry
from wrapped_assets.storage.database import engine_for, upgrade


def script() -> str:
    """What the file should say."""
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
    Path(new_registry.__file__).with_suffix(".sql").write_text(script(), encoding="utf-8")
