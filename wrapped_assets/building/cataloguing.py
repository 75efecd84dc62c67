"""Imports a catalogue: merges files in any known format into a new version, all or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from wrapped_assets.building.known_rows import identified
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.contracts.graph import EXTERNALS
from wrapped_assets.contracts.known_source import KNOWN_REJECTED
from wrapped_assets.kernels.genres import DEEPEST
from wrapped_assets.kernels.hashing import frame_hashes
from wrapped_assets.kernels.texts import normalised
from wrapped_assets.kernels.versions import combined
from wrapped_assets.sources.known.recognition import KnownReading, read_known
from wrapped_assets.storage import catalogues
from wrapped_assets.storage.catalogues import Version
from wrapped_assets.storage.known_parts import Parts, working_folder
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.stored_files import NewFile


@dataclass
class CatalogueReport:
    """What an import did. `rows` counts the rows read by table, `rejected` those refused by reason; `kept_at` has the latter."""

    version: Version | None = None
    is_new: bool = False
    files: Counter[str] = field(default_factory=Counter)  # by form
    rows: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    kept_at: str | None = None
    unrecognised: int = 0


def import_catalogue(root: Root, paths: Iterable[Path], progress: Callable[[int], None] | None = None) -> CatalogueReport:
    """Reads every file of `paths` and adds a version. InputError, and nothing changed, where a path has nothing of a catalogue,
    a file ends before its end, or no row of it can be used."""
    report = CatalogueReport()
    with root.lock("catalogue"), working_folder(root.path) as folder:
        catalogues.sweep(root, but=folder)
        readings = [read_known(path) for path in paths]
        parts, rejected = _collect(readings, folder, report, progress)
        if not parts:
            reasons = ", ".join(f"{count:,} {reason}" for reason, count in sorted(report.rejected.items()))
            raise InputError(f"the catalogue has no usable row ({reasons or 'the files are empty'}); nothing was changed")
        before = catalogues.files_of(root, catalogues.newest(root))
        made = {}
        for table, part in parts.items():
            asset = EXTERNALS[table]
            old = before.get(asset)
            made[asset] = part.merged(catalogues.intact(root, asset, old) if old else None, old.row_count if old else 0)
        if EXTERNALS["known_genres"] in made:
            _refuse_circles(pl.read_parquet(made[EXTERNALS["known_genres"]]))
        if rejected.height:
            report.kept_at = _kept(root, rejected)
        kept = {asset: file for asset, file in before.items() if asset not in made}
        report.version, report.is_new = catalogues.add_version(root, made, kept)
    return report


def _collect(
    readings: list[KnownReading], folder: Path, report: CatalogueReport, progress: Callable[[int], None] | None
) -> tuple[Mapping[str, Parts], pl.DataFrame]:
    parts: dict[str, Parts] = {}
    rejected = [pl.DataFrame(schema=KNOWN_REJECTED)]
    for reading in readings:
        report.unrecognised += len(reading.unrecognised)
        for file in reading.files:
            report.files[file.source.name] += 1
            for batch in file.batches():
                if batch.rows.height:
                    part = parts.setdefault(batch.table, Parts(folder, batch.table))
                    part.add(identified(batch.table, batch.rows.lazy()).collect())
                report.rows[batch.table] += batch.rows.height
                report.rejected.update(batch.rejected["reason"].to_list())
                rejected.append(batch.rejected)
                if progress:
                    progress(batch.rows.height + batch.rejected.height)
        if reading.problems:
            raise InputError(f"a file of the catalogue {reading.problems[0].text}: an import is all or nothing, so nothing was changed")
    return parts, pl.concat(rejected)


def _kept(root: Root, rejected: pl.DataFrame) -> str:
    content = combined(*frame_hashes(rejected).items())
    path = f"catalogue/rejected/{content}.parquet"
    if not root.files.held([path]):
        root.files.write([NewFile(rejected, path)])
    return path


def _refuse_circles(genres: pl.DataFrame) -> None:
    """InputError where going from a genre to what it is a kind of never ends."""
    named = genres.select(genre=normalised(pl.col("genre_name")), parent=normalised(pl.col("parent_genre_name")))
    parents = dict(named.iter_rows())
    for genre in parents:
        at: str | None = genre
        for _ in range(DEEPEST + 1):
            at = parents.get(at) if at is not None else None
        if at is not None:
            raise InputError(
                f"the parents of the genre {genre!r} form a circle or more than {DEEPEST} levels: correct its parent and import again; "
                "nothing was changed"
            )
