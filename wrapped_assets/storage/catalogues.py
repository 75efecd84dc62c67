"""Versions of the catalogue: sets of files, one per table, that are named by their content and never change."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from wrapped_assets.kernels.versions import combined
from wrapped_assets.storage.damage import DamagedFileError, note_damage
from wrapped_assets.storage.later import sa
from wrapped_assets.storage.reading import Reader, moment, reading
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.whole_files import file_hash
from wrapped_assets.storage.writing import writing


@dataclass(frozen=True)
class CatalogueFile:
    """One table of a version; `path` is below the data root."""

    path: str
    row_count: int
    column_hashes: dict[str, str]
    file_hash: str


@dataclass(frozen=True)
class Version:
    """One version, numbered from 1 in the order of import, with its files by asset (`sources/known_artists` …)."""

    name: str
    number: int
    imported_at: datetime
    files: dict[str, CatalogueFile]


def versions(root: Root) -> list[Version]:
    """Every version, the oldest first."""
    query = (
        "select version, number, imported_at, asset, path, row_count, column_hashes, file_hash from catalogue_files "
        "order by number, asset"
    )
    found: dict[str, Version] = {}
    with reading(root) as reader:
        for name, number, at, asset, path, rows, hashes, digest in reader.rows(query):
            version = found.setdefault(name, Version(name, number, moment(at), {}))
            version.files[asset] = CatalogueFile(path, rows, json.loads(hashes), digest)
    return list(found.values())


def newest(root: Root, connection: sa.Connection | Reader | None = None) -> str | None:
    """The version that was imported last; None where nothing was."""
    with reading(root, connection) as reader:
        rows = reader.rows("select version from catalogue_files order by number desc limit 1")
    return rows[0][0] if rows else None


def files_of(root: Root, version: str | None, connection: sa.Connection | Reader | None = None) -> dict[str, CatalogueFile]:
    """The files of a version by asset; none for None and for a version that is not there."""
    if version is None:
        return {}
    query = "select asset, path, row_count, column_hashes, file_hash from catalogue_files where version = :version order by asset"
    with reading(root, connection) as reader:
        rows = reader.rows(query, version=version)
        return {asset: CatalogueFile(path, count, json.loads(hashes), digest) for asset, path, count, hashes, digest in rows}


def paths_told_by(root: Root) -> set[str]:
    """The files of the versions that editions are told by: what each keeps from its publication on, and for others the newest."""
    query = (
        "select path from catalogue_files where number = (select max(number) from catalogue_files) "
        "or version in (select catalogue from editions where catalogue is not null)"
    )
    with reading(root) as reader:
        return {path for (path,) in reader.rows(query)}


def intact(root: Root, asset: str, file: CatalogueFile) -> Path:
    """Where the file lies; BuildError where it has not the bytes that were recorded."""
    path = root.files.intact(file.path, {file.file_hash})
    if path is None:
        note_damage(root, [file.path])
        raise DamagedFileError(
            file.path,
            f"the catalogue's {asset.removeprefix('sources/')} is missing or damaged ({file.path}): restore it from a backup, "
            "or import the catalogue again into a new data root",
        )
    return path


def add_version(root: Root, made: Mapping[str, Path], kept: Mapping[str, CatalogueFile]) -> tuple[Version, bool]:
    """The version of these new files by asset, and of the `kept` ones; and whether it is new. The same content is the same version.

    Files are moved into place first and recorded in one transaction; a crash before that leaves nothing that is read. A version that
    was there already, but is not the newest, becomes the newest again.
    """
    from wrapped_assets.storage.known_parts import hashed  # with Polars, which those who only read do without

    files = dict(kept)
    there = {file.path: file for version in versions(root) for file in version.files.values()}
    for asset, made_at in made.items():
        rows, hashes = hashed(made_at)
        content = combined(*hashes.items())
        path = f"catalogue/{asset.removeprefix('sources/known_')}-{content}.parquet"
        if path in there and root.files.intact(path, {there[path].file_hash}):  # another library may write other bytes for it
            files[asset] = there[path]
            continue
        files[asset] = CatalogueFile(path, rows, hashes, file_hash(made_at))
        root.files.take(made_at, path)
    name = combined(*((asset, files[asset].path) for asset in sorted(files)))
    now = datetime.now(UTC)
    with writing(root) as registry:
        numbers = dict(registry.rows("select version, number from catalogue_files"))
        number, before = max(numbers.values(), default=0), numbers.get(name)
        if before is None:
            rows = [
                {
                    "version": name, "asset": asset, "number": number + 1, "path": file.path, "row_count": file.row_count,
                    "column_hashes": json.dumps(file.column_hashes), "file_hash": file.file_hash, "imported_at": now,
                }
                for asset, file in sorted(files.items())
            ]  # fmt: skip
            registry.insert_new("catalogue_files", rows)
        elif before < number:
            registry.run("update catalogue_files set number = :number where version = :name", number=number + 1, name=name)
    found = next(version for version in versions(root) if version.name == name)
    return found, before is None


def sweep(root: Root, but: Path) -> None:
    """Removes what an import that was killed left, `but` the folder of the one that runs; it must hold the lock."""
    folder = root.path / "catalogue"
    with reading(root) as reader:
        named = {path for (path,) in reader.rows("select path from catalogue_files")}
    tables_there = (path for path in root.files.listed("catalogue") if path.count("/") == 1 and path.endswith(".parquet"))
    root.files.remove([path for path in tables_there if path not in named])
    for part in sorted(folder.glob(".*.part")) if folder.exists() else []:
        if part != but:
            shutil.rmtree(part, ignore_errors=True)
