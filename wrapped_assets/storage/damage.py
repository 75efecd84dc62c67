"""Records damaged files until they are repaired, so that they do not count as fresh."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime

from wrapped_assets.contracts.errors import BuildError
from wrapped_assets.storage.database import insert_new
from wrapped_assets.storage.later import sa, tables
from wrapped_assets.storage.reading import Reader, reading
from wrapped_assets.storage.root import Root


class DamagedFileError(BuildError):
    """A stored file is missing, or it has not the bytes that were recorded, or it is another cell's. No value was read from it."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = path


def note_damage(root: Root, paths: Iterable[str]) -> None:
    """Keeps that these files were found damaged. Where nothing can be written, the caller's error must do."""
    rows = [{"path": path, "noticed_at": datetime.now(UTC)} for path in sorted(set(paths))]
    with suppress(sa.exc.DBAPIError), root.engine.begin() as connection:
        insert_new(connection, tables.damaged_files, rows)


def noted_damage(root: Root, connection: sa.Connection | Reader | None = None) -> set[str]:
    """The files that were found damaged and not seen whole since."""
    with reading(root, connection) as reader:
        return {path for (path,) in reader.rows("select path from damaged_files")}


def forget_damage(root: Root, paths: Iterable[str]) -> None:
    """Keeps no longer that these files were damaged: they are whole again, or nothing names them any more."""
    table = tables.damaged_files
    gone = sorted(set(paths))
    if gone:
        with root.engine.begin() as connection:
            for start in range(0, len(gone), 500):
                connection.execute(sa.delete(table).where(table.c.path.in_(gone[start : start + 500])))


def advice(path: str, editions: Mapping[str, tuple[int, datetime]], *, is_built: bool) -> str:
    """What to do about a damaged file. `editions`: path → year of the published edition that has it, and when it was published."""
    if path.startswith("landing/"):
        return "restore it from a backup, or import the export again"
    if path.startswith("catalogue/"):
        return "restore it from a backup, or import the catalogue again into a new data root"
    anew = "`wrapped build` computes it again"
    if path not in editions:
        return anew
    year, published_at = editions[path]
    restore = f"restore it from a backup of {published_at:%Y-%m-%d} or later"
    publish = f"recompute the edition on purpose: `wrapped build --year {year}`, then `wrapped publish {year}`"
    return f"{anew} if it comes out the same; otherwise {restore}, or {publish}" if is_built else f"{restore}, or {publish}"
