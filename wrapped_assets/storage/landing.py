"""The landing: append-only files of coded plays and tracks, by UTC month and bucket, named by their content.

Files are written first and recorded in one transaction at the end, so that an import killed half-way leaves nothing that is
read, and the same import repeated writes the same names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import sqlalchemy as sa

from wrapped_assets.kernels.hashing import frame_hashes
from wrapped_assets.kernels.versions import combined
from wrapped_assets.storage import tables
from wrapped_assets.storage.chunks import NO_ROWS, PLAYS, TRACKS, Chunk
from wrapped_assets.storage.chunks import load_chunks as load_chunks
from wrapped_assets.storage.damage import DamagedFileError, note_damage
from wrapped_assets.storage.database import insert_new
from wrapped_assets.storage.files import rows_of_files, write_parquet
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.transactions import exclusive
from wrapped_assets.storage.whole_files import is_intact
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.periods import Month

FURTHEST_WEST, FURTHEST_EAST = timedelta(hours=12), timedelta(hours=14)  # of any civil clock from UTC


@dataclass
class LandingWriter:
    """Collects coded plays and writes them out in chunks; `commit` makes them visible."""

    root: Root
    edge: timedelta
    rows_per_flush: int = 2_000_000
    chunks: list[Chunk] = field(default_factory=list)
    _plays: list[pl.DataFrame] = field(default_factory=list)
    _tracks: list[pl.DataFrame] = field(default_factory=list)
    _waiting: int = 0

    def add(self, plays: pl.DataFrame, tracks: pl.DataFrame) -> None:
        """Takes coded plays and the tracks that they name."""
        self._plays.append(plays)
        self._tracks.append(tracks)
        self._waiting += plays.height
        if self._waiting >= self.rows_per_flush:
            self.flush()

    def flush(self) -> None:
        """Writes what was collected as one chunk per month and bucket."""
        if self._waiting:
            plays = pl.concat(self._plays).with_columns(
                _bucket=pl.col("listener_id") & (self.root.bucket_count - 1),
                _month=pl.col("listened_at").dt.year() * 12 + pl.col("listened_at").dt.month() - 1,
            )
            tracks = pl.concat(self._tracks).unique("variant_id").sort("variant_id")
            for (bucket, month), part in plays.partition_by("_bucket", "_month", as_dict=True, include_key=False).items():
                year, zero_based = divmod(int(month), 12)  # type: ignore[call-overload]
                self._write(_in_total_order(part), tracks, Month(year, zero_based + 1), int(bucket))  # type: ignore[call-overload]
        self._plays, self._tracks, self._waiting = [], [], 0

    def _write(self, plays: pl.DataFrame, tracks: pl.DataFrame, month: Month, bucket: int) -> None:
        head, tail = (pl.col("listened_at").is_between(*ends) for ends in edges(month, self.edge))
        people = np.unique(plays["listener_id"].to_numpy()).astype("<i8").tobytes()
        self._store(PLAYS, str(month), bucket, plays, plays.filter(head), plays.filter(tail), people)
        used = plays.group_by("variant_id").agg(is_head=head.any(), is_tail=tail.any()).sort("variant_id")
        places = np.searchsorted(tracks["variant_id"].to_numpy(), used["variant_id"].to_numpy())
        found = tracks[places].hstack(used.select("is_head", "is_tail"))
        self._store(TRACKS, str(month), bucket, found, found.filter("is_head"), found.filter("is_tail"), None)

    def _store(
        self, asset: str, month: str, bucket: int, frame: pl.DataFrame, head: pl.DataFrame, tail: pl.DataFrame, people: bytes | None
    ) -> None:
        whole = _hash(frame)
        path = f"landing/{asset.removeprefix('sources/landed_')}/{month}/b{bucket:03d}/{whole}.parquet"
        _, file_hash = write_parquet(frame, self.root.path / path)
        is_early, is_late = _reaches_over(month, head, tail) if asset == PLAYS else (False, False)
        self.chunks.append(
            Chunk(path, asset, month, bucket, frame.height, whole, _hash(head), _hash(tail), file_hash, is_early, is_late, people)
        )

    def commit(
        self, imports: Sequence[Mapping[str, object]] = (), register: Callable[[sa.Connection], None] = lambda connection: None
    ) -> None:  # fmt: skip
        """Makes everything written visible at once, with whom it is of (`register`); what was there already stays as it is."""
        self.flush()
        with exclusive(self.root.engine) as connection:
            register(connection)
            known = set(connection.execute(sa.select(tables.chunks.c.path)).scalars())
            fresh = {chunk.path: chunk for chunk in self.chunks if chunk.path not in known}
            insert_new(connection, tables.chunks, [{name: getattr(chunk, name) for name in Chunk.__slots__} for chunk in fresh.values()])
            contents = set(connection.execute(sa.select(tables.imports.c.content)).scalars())
            rows = {str(row["content"]): row for row in imports if row["content"] not in contents}
            insert_new(connection, tables.imports, list(rows.values()))
            for row in imports:  # the same export again, perhaps by other code
                again = tables.imports.c.content == row["content"]
                connection.execute(sa.update(tables.imports).where(again).values(importer=row.get("importer")))


def _in_total_order(plays: pl.DataFrame) -> pl.DataFrame:
    """By listener, time and track; by every column only where two rows agree in these, for that costs four times as much."""
    key = ["listener_id", "listened_at", "variant_id"]
    ordered = plays.sort(key)
    if ordered.select(pl.all_horizontal(pl.col(name) == pl.col(name).shift(1) for name in key).any()).item():
        return plays.sort(*key, *(name for name in plays.columns if name not in key), nulls_last=True)
    return ordered


def edges(month: Month, edge: timedelta) -> tuple[tuple[datetime, datetime], tuple[datetime, datetime]]:
    """The first and the last instants of a UTC month, closed: what the months beside it read too."""
    start = datetime(month.year, month.number, 1, tzinfo=UTC)
    after = month.shift(1)
    end = datetime(after.year, after.number, 1, tzinfo=UTC)
    return (start, start + edge), (end - edge, end)


def _reaches_over(month: str, head: pl.DataFrame, tail: pl.DataFrame) -> tuple[bool, bool]:
    """Whether any play may belong to the local month before, and after."""
    (start, _), (_, end) = edges(Month.parse(month), timedelta())
    return (head["listened_at"] < start + FURTHEST_WEST).any(), (tail["listened_at"] >= end - FURTHEST_EAST).any()


def _hash(frame: pl.DataFrame) -> str:
    return combined(*frame_hashes(frame).items()) if frame.height else NO_ROWS


def read_landed(
    root: Root,
    chunks: Mapping[tuple[str, str, int], list[Chunk]],
    asset: str,
    month: Month,
    bucket: int,
    columns: Iterable[str],
    edge: timedelta | None,
) -> pl.DataFrame:
    """The landed rows of a month and, where they have any, of the edges of the months beside it; None: of the month alone."""
    wanted = list(columns)
    parts = []
    for shift, flag in ((-1, "is_tail"), (0, None), (1, "is_head")) if edge else ((0, None),):
        beside = month.shift(shift)
        head, tail = edges(beside, edge or timedelta())
        for chunk in chunks.get((asset, str(beside), bucket), []):
            touched = {-1: chunk.tail, 0: chunk.whole, 1: chunk.head}[shift]
            if touched == NO_ROWS:
                continue
            lazy = pl.scan_parquet(intact_path(root, chunk))
            if asset == TRACKS and flag:
                lazy = lazy.filter(flag)
            elif flag:
                lazy = lazy.filter(pl.col("listened_at").is_between(*(head if shift > 0 else tail)))
            parts.append(lazy.select(wanted))
    schema = {name: c.BY_NAME[name].dtype for name in wanted}
    return rows_of_files(parts) if parts else pl.DataFrame(schema=schema)


def intact_path(root: Root, chunk: Chunk) -> Path:
    """Where a landed file lies; BuildError where it does not have the bytes that were recorded."""
    path = root.path / chunk.path
    if not is_intact(path, chunk.file_hash):
        note_damage(root, [chunk.path])
        raise DamagedFileError(
            chunk.path,
            f"a landed file of {chunk.month}|b{chunk.bucket:03d} is missing or damaged ({chunk.path}): restore it from a backup, "
            "or import the export again",
        )
    return path


def people_of(chunks: Iterable[Chunk]) -> np.ndarray:
    """The listeners that stand in any of the chunks: sorted int64."""
    arrays = [np.frombuffer(chunk.people or b"", dtype="<i8") for chunk in chunks]
    return np.unique(np.concatenate(arrays)) if arrays else np.empty(0, dtype=np.int64)
