"""The landing: append-only files of coded plays and tracks, by UTC month and bucket, named by their content.

Files are written first and recorded in one transaction at the end (`landing_writer`), so that an import killed half-way leaves nothing
that is read, and the same import repeated writes the same names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl

from wrapped_assets.storage.chunks import NO_ROWS, TRACKS, Chunk
from wrapped_assets.storage.chunks import PLAYS as PLAYS
from wrapped_assets.storage.chunks import load_chunks as load_chunks
from wrapped_assets.storage.damage import DamagedFileError, note_damage
from wrapped_assets.storage.files import rows_of_files
from wrapped_assets.storage.recent_frames import RecentFrames
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.periods import Month

OPTIONAL = ("device_code",)  # columns of plays that a file leaves out where no play has a value, as older programs did
ROWS_KEPT = 200_000  # of a landed file, for the months beside it
FURTHEST_WEST, FURTHEST_EAST = timedelta(hours=12), timedelta(hours=14)  # of any civil clock from UTC


def edges(month: Month, edge: timedelta) -> tuple[tuple[datetime, datetime], tuple[datetime, datetime]]:
    """The first and the last instants of a UTC month, closed: what the months beside it read too."""
    start = datetime(month.year, month.number, 1, tzinfo=UTC)
    after = month.shift(1)
    end = datetime(after.year, after.number, 1, tzinfo=UTC)
    return (start, start + edge), (end - edge, end)


def edges_ms(month: Month, edge: timedelta) -> tuple[tuple[int, int], tuple[int, int]]:
    """`edges` in milliseconds since 1970."""
    (start, after), (before, end) = ((int(instant.timestamp()) * 1000 for instant in ends) for ends in edges(month, edge))
    return (start, after), (before, end)


@lru_cache(maxsize=256)
def in_edges(month: Month, edge: timedelta) -> tuple[pl.Expr, pl.Expr]:
    """Whether a play is within the first, and within the last instants of a month. Kept: to make an instant takes Polars long."""
    head, tail = (pl.col("listened_at").is_between(*ends) for ends in edges(month, edge))
    return head, tail


def read_landed(
    root: Root,
    chunks: Mapping[tuple[str, str, int], list[Chunk]],
    asset: str,
    month: Month,
    bucket: int,
    columns: Iterable[str],
    edge: timedelta | None,
    recent: RecentFrames | None = None,
    *,
    only: tuple[str, ...] | None = None,
) -> pl.DataFrame:
    """The landed rows of a month and, where they have any, of the edges of the months beside it; None: of the month alone.

    `recent` has the files that were read for a month beside it, or `only` some columns of them.
    """
    wanted, beside_too = list(columns), ((-1, "is_tail"), (0, None), (1, "is_head")) if edge else ((0, None),)
    parts, are_kept = [], recent is not None
    found = [(month.shift(shift), flag, shift, _touched(chunks, asset, month.shift(shift), bucket, shift)) for shift, flag in beside_too]
    prepare(root, [chunk for *_, some in found for chunk in some if recent is None or recent.get(_name(chunk, only)) is None])
    for beside, flag, shift, some in found:
        for chunk in some:
            lazy = _rows(root, chunk, recent, only)
            are_kept &= chunk.row_count <= ROWS_KEPT
            if asset == TRACKS and flag:
                lazy = lazy.filter(flag)
            elif edge and flag:
                lazy = lazy.filter(in_edges(beside, edge)[0 if shift > 0 else 1])
            parts.append(with_optional(lazy, wanted).select(wanted))
    schema = {name: c.BY_NAME[name].dtype for name in wanted}
    if not parts:
        return pl.DataFrame(schema=schema)
    return pl.concat(parts).collect(engine="in-memory") if are_kept else rows_of_files(parts)


def _touched(
    chunks: Mapping[tuple[str, str, int], list[Chunk]], asset: str, month: Month, bucket: int, shift: int
) -> list[Chunk]:  # fmt: skip
    """The landed files of a month that have rows where the month `shift` months earlier looks."""
    part = {-1: "tail", 0: "whole", 1: "head"}[shift]
    return [chunk for chunk in chunks.get((asset, str(month), bucket), []) if getattr(chunk, part) != NO_ROWS]


def prepare(root: Root, chunks: Iterable[Chunk]) -> None:
    """Makes ready landed files that will be read one after the other."""
    root.files.prepare({chunk.path: {chunk.file_hash} for chunk in chunks})


def with_optional(rows: pl.LazyFrame, wanted: Iterable[str]) -> pl.LazyFrame:
    """The rows of landed plays with nulls in those wanted columns that their file leaves out."""
    asked = [name for name in wanted if name in OPTIONAL]
    there = rows.collect_schema() if asked else ()
    return rows.with_columns(pl.lit(None, c.BY_NAME[name].dtype).alias(name) for name in asked if name not in there)


def _rows(root: Root, chunk: Chunk, recent: RecentFrames | None, only: tuple[str, ...] | None) -> pl.LazyFrame:
    """The rows of a landed file; those of a small one are kept in `recent`."""
    name = _name(chunk, only)
    if recent is not None and (known := recent.get(name)) is not None:
        return known.lazy()
    path = intact_path(root, chunk)
    if recent is None or chunk.row_count > ROWS_KEPT:
        return pl.scan_parquet(path)
    frame = pl.read_parquet(path, columns=list(only) if only else None)
    recent.keep(name, frame)
    return frame.lazy()


def _name(chunk: Chunk, only: tuple[str, ...] | None) -> str:
    """Under which name `recent` has a file, or some of its columns."""
    return " ".join((chunk.path, *only)) if only else chunk.path


def intact_path(root: Root, chunk: Chunk) -> Path:
    """Where a landed file lies; BuildError where it does not have the bytes that were recorded."""
    path = root.files.intact(chunk.path, {chunk.file_hash})
    if path is None:
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
