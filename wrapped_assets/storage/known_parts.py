"""Merges the rows of an import with the previous version, one row per entity, in bounded memory."""

from __future__ import annotations

import math
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from wrapped_assets.contracts.known import known_schema
from wrapped_assets.kernels.hashing import column_hash
from wrapped_assets.kernels.versions import combined
from wrapped_assets.storage.files import COMPRESSION, ROW_GROUP_ROWS

ROWS_PER_PART = 250_000
ROWS_PER_RANGE = 500_000  # merged at once: about 400 MB
ROWS_PER_GROUP = 16_384  # of a part: a range skips the groups of others
_KEY_SPACE = 2**63


def entity(table: str) -> tuple[str, ...]:
    """The columns that say which entity a row is, and the order of the table."""
    return {"known_genres": ("genre_name",), "known_places": ("place_name", "country")}.get(table, ("known_key",))


@dataclass
class Parts:
    """The rows of one table, as they come; on disk in parts that are sorted by entity."""

    folder: Path
    table: str
    row_count: int = 0
    _paths: list[Path] = field(default_factory=list)
    _waiting: list[pl.DataFrame] = field(default_factory=list)

    def add(self, rows: pl.DataFrame) -> None:
        """Takes rows of `known_schema(table)`; a later row says more than an earlier one of the same entity."""
        numbered = rows.with_row_index("_order", 0).with_columns(pl.col("_order").cast(pl.Int64) + self.row_count)
        self.row_count += rows.height
        self._waiting.append(numbered)
        if sum(frame.height for frame in self._waiting) >= ROWS_PER_PART:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            path = self.folder / f"{self.table}-{len(self._paths):05d}.parquet"
            pl.concat(self._waiting).sort(*entity(self.table), "_order").write_parquet(path, row_group_size=ROWS_PER_GROUP)
            self._paths.append(path)
            self._waiting = []

    def merged(self, before: Path | None, before_count: int) -> Path:
        """A file with one row per entity, in their order: of each column the latest value that any row gives, `before` as the first."""
        self._flush()
        scans = [pl.scan_parquet(path) for path in self._paths]
        if before:
            scans.insert(0, pl.scan_parquet(before).with_columns(_order=pl.lit(-1, pl.Int64)))
        every = pl.concat([scan.select("_order", *known_schema(self.table)) for scan in scans])
        ranges = math.ceil((self.row_count + before_count) / ROWS_PER_RANGE) if entity(self.table) == ("known_key",) else 1
        found = []
        for number in range(ranges):
            low, high = (_KEY_SPACE * step // ranges for step in (number, number + 1))
            chosen = every.filter(pl.col("known_key") >= low, pl.col("known_key") < high) if ranges > 1 else every
            path = self.folder / f"{self.table}-merged-{number:05d}.parquet"
            _one_row_each(chosen.collect(), self.table).write_parquet(path)
            found.append(path)
        whole = self.folder / f"{self.table}.parquet"
        _join(found, whole, self.table)
        return whole


def _one_row_each(rows: pl.DataFrame, table: str) -> pl.DataFrame:
    """What each entity's rows say together: of each column the latest value that is given.

    An empty list says nothing, like null, also where an entity has one row only: the same rows merged once more are the same.
    """
    key, schema = entity(table), known_schema(table)
    lists = [name for name, dtype in schema.items() if isinstance(dtype, pl.List)]
    rows = rows.with_columns(pl.when(pl.col(name).list.len() > 0).then(pl.col(name)) for name in lists)
    ordered = rows.sort(*key, "_order", nulls_last=True)
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift(-1)) for name in key).fill_null(False)
    ordered = ordered.with_columns(_again=same | same.shift(1).fill_null(False))
    single, several = ordered.filter(~pl.col("_again")), ordered.filter("_again")
    latest = {name: pl.col(name).drop_nulls().last() for name in schema if name not in key}
    joined = several.group_by(key, maintain_order=True).agg(**latest)
    return pl.concat([single.select(list(schema)), joined.select(list(schema))]).sort(key, nulls_last=True)


def _join(paths: list[Path], whole: Path, table: str) -> None:
    """One file of even row groups, whatever the ranges were: the bytes follow from the rows alone."""
    import pyarrow.parquet as pq

    schema = pl.DataFrame(schema=known_schema(table)).to_arrow().schema
    with pq.ParquetWriter(whole, schema, compression=COMPRESSION) as writer:
        left = pl.DataFrame(schema=known_schema(table))
        for path in paths:
            left = pl.concat([left, pl.read_parquet(path)])
            while left.height >= ROW_GROUP_ROWS:
                writer.write_table(left[:ROW_GROUP_ROWS].to_arrow().cast(schema))
                left = left[ROW_GROUP_ROWS:]
        if left.height:
            writer.write_table(left.to_arrow().cast(schema))


def hashed(path: Path) -> tuple[int, dict[str, str]]:
    """Rows and one hash per column of a merged file, read piece by piece."""
    import pyarrow.parquet as pq

    hashes: dict[str, list[str]] = {}
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            frame = pl.DataFrame(pl.from_arrow(file.read_row_group(group)))
            for series in frame.iter_columns():
                hashes.setdefault(series.name, []).append(column_hash(series))
        return file.metadata.num_rows, {name: combined(*hashes.get(name, ())) for name in file.schema_arrow.names}


@contextmanager
def working_folder(root: Path) -> Iterator[Path]:
    """A folder for parts, beside where they end; gone afterwards."""
    folder = root / "catalogue" / f".{secrets.token_hex(8)}.part"
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
