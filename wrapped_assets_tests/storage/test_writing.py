"""What is written with the standard library alone is what SQLAlchemy would have written, whole or not at all."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from wrapped_assets.contracts.errors import WrappedError
from wrapped_assets.storage.root import REGISTRY_FILE, Root
from wrapped_assets.storage.writing import writing
from wrapped_assets_tests.exports import spotify_file
from wrapped_assets_tests.small_roots import KEY

AT = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
HASHES = dict.fromkeys(("whole", "head", "tail", "file_hash"), "0" * 32)
ROWS: dict[str, dict[str, Any]] = {
    "chunks": {
        "path": "landing/a", "asset": "sources/landed_plays", "month": "2025-03", "bucket": 0, "row_count": 1, **HASHES, "is_early": True,
        "is_late": False, "people": b"\x01\x00\x02",
    },
    "imports": {
        "content": "a", "source": "maloja", "play_count": 2, "rejected": {"missing_título": 1}, "rejected_path": None,
        "rejected_hash": None, "importer": "b",
    },
    "catalogue_files": {
        "version": "a", "asset": "sources/known_genres", "number": 1, "path": "catalogue/a", "row_count": 0, "column_hashes": "{}",
        "file_hash": "b", "imported_at": AT,
    },
    "restrictions": {"listener_id": 7, "since": AT.replace(microsecond=25), "case_id": "letter"},
}  # fmt: skip


def opened(folder: Path, *, by_engine: bool = False) -> Root:
    root = Root.open_or_make(folder, 1, KEY)
    assert not by_engine or root.engine
    return root


def kept(root: Root, table: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(root.path / REGISTRY_FILE)
    try:
        return connection.execute(f"select * from {table}").fetchall()
    finally:
        connection.close()


def test_both_ways_keep_the_same_values(tmp_path: Path) -> None:
    plain, engine = opened(tmp_path / "plain"), opened(tmp_path / "engine", by_engine=True)
    for root in (plain, engine):
        with writing(root) as writer:
            writer.insert_new("listeners", [{"listener_id": 7, "name": "ana", "time_zone": "UTC"}])
            for table, row in ROWS.items():
                writer.insert_new(table, [row])
            writer.run("update chunks set file_hash = :digest where path = :path", digest="1" * 32, path="landing/a")
    assert "engine" not in vars(plain)
    for table in ("listeners", *ROWS):
        assert kept(plain, table) == kept(engine, table) != []


@pytest.mark.parametrize("by_engine", [False, True])
def test_where_a_block_raises_nothing_is_written(tmp_path: Path, by_engine: bool) -> None:
    root = opened(tmp_path / "root", by_engine=by_engine)

    def write_and_fail() -> None:
        with writing(root) as writer:
            writer.insert_new("imports", [ROWS["imports"]])
            raise KeyError

    with pytest.raises(KeyError):
        write_and_fail()
    with writing(root) as writer:
        assert writer.rows("select content from imports") == []
        writer.insert_new("imports", [ROWS["imports"]])
        writer.insert_new("imports", [ROWS["imports"] | {"source": "koito"}])
    assert [row[1] for row in kept(root, "imports")] == ["maloja"]


def test_a_listener_whom_nobody_knows_can_be_given_nothing(tmp_path: Path) -> None:
    root = opened(tmp_path / "root")
    with pytest.raises(sqlite3.IntegrityError), writing(root) as writer:
        writer.insert_new("restrictions", [ROWS["restrictions"]])


def test_the_registry_of_another_root_is_not_written(tmp_path: Path) -> None:
    one, other = opened(tmp_path / "one"), Root.open_or_make(tmp_path / "other", 1)
    with writing(one):
        pass
    (other.path / REGISTRY_FILE).write_bytes((one.path / REGISTRY_FILE).read_bytes())
    with pytest.raises(WrappedError, match="belongs to another data root"), writing(other):
        pass


def test_an_import_needs_no_sqlalchemy(tmp_path: Path) -> None:
    export = spotify_file(tmp_path / "export", "2025-01-03 eple")
    program = (
        "import sys; from pathlib import Path; from wrapped_assets.cli import main\n"
        "try: main()\nfinally: print([name for name in ('sqlalchemy', 'alembic') if name in sys.modules])"
    )
    command = ["--data", str(tmp_path / "root"), "import", str(export), "--listener", "ana"]
    done = subprocess.run([sys.executable, "-c", program, *command], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("[]\n")
    assert "1 plays accepted" in done.stdout
