"""Writes coded plays and their tracks into the landing: a file of each for every UTC month and bucket.

Listeners and tracks are small numbers until a file is written. A flush sorts by these once; the months, the buckets and the tracks that
each file needs are cut out of that order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

import numpy as np
import polars as pl
import sqlalchemy as sa

from wrapped_assets.kernels.hashing import frame_hashes
from wrapped_assets.kernels.versions import combined
from wrapped_assets.storage import tables
from wrapped_assets.storage.chunks import NO_ROWS, PLAYS, TRACKS, Chunk
from wrapped_assets.storage.database import insert_new
from wrapped_assets.storage.files import write_parquet
from wrapped_assets.storage.landing import FURTHEST_EAST, FURTHEST_WEST, OPTIONAL, edges, in_edges
from wrapped_assets.storage.landing_order import by_cell, by_variant, marked, ties_ordered
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.transactions import exclusive
from wrapped_assets.storage.whole_files import is_intact
from wrapped_assets.vocabulary.periods import Month

MOST_TRACKS = 400_000  # that are kept from one flush to the next: about 150 MB


@dataclass
class LandingWriter:
    """Collects coded plays and writes them out in chunks; `commit` makes them visible. `watch` is shown each chunk of plays."""

    root: Root
    edge: timedelta
    rows_per_flush: int = 2_000_000
    watch: Callable[[Chunk, pl.DataFrame], None] = lambda chunk, plays: None
    chunks: list[Chunk] = field(default_factory=list)
    renumbered: int = 0  # how often the numbers of tracks began anew
    _people: dict[int, int] = field(default_factory=dict)  # surrogate → number
    _tracks: list[pl.DataFrame] = field(default_factory=list)
    _track_count: int = 0
    _plays: list[pl.DataFrame] = field(default_factory=list)
    _waiting: int = 0

    @cached_property
    def _recorded(self) -> dict[str, str]:
        with self.root.engine.connect() as connection:
            return _recorded(connection)

    def listener_numbers(self, surrogates: Sequence[int]) -> list[int]:
        """The listeners' numbers for `add_numbered`."""
        return [self._people.setdefault(surrogate, len(self._people)) for surrogate in surrogates]

    def track_numbers(self, tracks: pl.DataFrame) -> np.ndarray:
        """Takes coded tracks and returns their numbers for `add_numbered`; they hold as long as `renumbered` stays."""
        first = self._track_count
        self._tracks.append(tracks)
        self._track_count += tracks.height
        return np.arange(first, self._track_count, dtype=np.uint32)

    def add(self, plays: pl.DataFrame, tracks: pl.DataFrame) -> None:
        """Takes coded plays and the tracks that they name, each variant once."""
        ids, places = np.unique(plays["listener_id"].to_numpy(), return_inverse=True)
        people = np.array(self.listener_numbers(ids.tolist()), dtype=np.uint32)
        numbers = tracks.select("variant_id", _number=pl.Series(self.track_numbers(tracks)))
        named = plays.select("variant_id").join(numbers, on="variant_id", how="left", maintain_order="left")
        self.add_numbered(plays.with_columns(listener_id=people[places], variant_id=named["_number"]))

    def add_numbered(self, plays: pl.DataFrame) -> None:
        """Takes coded plays whose `listener_id` and `variant_id` are numbers (UInt32) that this writer gave."""
        self._plays.append(plays)
        self._waiting += plays.height
        if self._waiting >= self.rows_per_flush:
            self._write_out()
            if self._track_count > MOST_TRACKS:
                self._renumber()

    def flush(self) -> None:
        """Writes what was collected as one chunk per month and bucket, and forgets the tracks."""
        self._write_out()
        self._renumber()

    def _renumber(self) -> None:
        self._tracks, self._track_count, self.renumbered = [], 0, self.renumbered + 1

    def _write_out(self) -> None:
        if self._waiting:
            plays, self._plays = pl.concat(self._plays, how="diagonal", rechunk=True), []
            people = np.fromiter(self._people, dtype=np.int64, count=len(self._people))
            tracks, places = by_variant(pl.concat(self._tracks))
            for bucket, month, rows in by_cell(plays, people, self.root.bucket_count):
                part = plays[rows]
                place = places[part["variant_id"].to_numpy()]
                ids = people[part["listener_id"].to_numpy()], tracks["variant_id"].to_numpy()[place]
                self._write(part.with_columns(listener_id=ids[0], variant_id=ids[1]), place, tracks, month, bucket)
        self._plays, self._waiting = [], 0

    def _write(self, plays: pl.DataFrame, place: np.ndarray, tracks: pl.DataFrame, month: Month, bucket: int) -> None:
        """Writes one month and bucket. `plays` are by listener and time, `place` is each play's row of `tracks`."""
        near = [plays.select(is_near).to_series() for is_near in in_edges(month, self.edge)]
        who = plays["listener_id"].to_numpy()
        people = who[np.flatnonzero(np.append(who[:1] == who[:1], who[1:] != who[:-1]))].astype("<i8").tobytes()
        plays = ties_ordered(plays.drop(name for name in OPTIONAL if name in plays.columns and plays[name].null_count() == plays.height))
        self._store(PLAYS, month, bucket, plays, near, people)
        self.watch(self.chunks[-1], plays)
        is_used, *is_near = (marked(place[rows], tracks.height) for rows in (slice(None), *(mask.to_numpy() for mask in near)))
        used = np.flatnonzero(is_used)
        found = tracks[used].with_columns(is_head=is_near[0][used], is_tail=is_near[1][used])
        self._store(TRACKS, month, bucket, found, [found["is_head"], found["is_tail"]], None)

    def _store(self, asset: str, month: Month, bucket: int, frame: pl.DataFrame, near: Sequence[pl.Series], people: bytes | None) -> None:
        whole, head, tail = _hash(frame), *(_hash(frame.filter(rows)) for rows in near)
        path = f"landing/{asset.removeprefix('sources/landed_')}/{month}/b{bucket:03d}/{whole}.parquet"
        file_hash = self._recorded.get(path, "")
        if not is_intact(self.root.path / path, file_hash):  # another release of a library may write other bytes for the same rows
            _, file_hash = write_parquet(frame, self.root.path / path)
        is_early, is_late = _reaches_over(month, frame["listened_at"]) if asset == PLAYS else (False, False)
        self.chunks.append(Chunk(path, asset, str(month), bucket, frame.height, whole, head, tail, file_hash, is_early, is_late, people))

    def commit(
        self, imports: Sequence[Mapping[str, object]] = (), register: Callable[[sa.Connection], None] = lambda connection: None
    ) -> None:  # fmt: skip
        """Makes everything written visible at once, with whom it is of (`register`); what was there already stays as it is."""
        self.flush()
        with exclusive(self.root.engine) as connection:
            register(connection)
            known = _recorded(connection)
            fresh = {chunk.path: chunk for chunk in self.chunks if chunk.path not in known}
            for chunk in self.chunks:
                if known.get(chunk.path, chunk.file_hash) != chunk.file_hash:  # its file was damaged, and is whole again
                    mended = sa.update(tables.chunks).where(tables.chunks.c.path == chunk.path)
                    connection.execute(mended.values(file_hash=chunk.file_hash))
            insert_new(connection, tables.chunks, [{name: getattr(chunk, name) for name in Chunk.__slots__} for chunk in fresh.values()])
            contents = set(connection.execute(sa.select(tables.imports.c.content)).scalars())
            rows = {str(row["content"]): row for row in imports if row["content"] not in contents}
            insert_new(connection, tables.imports, list(rows.values()))
            for row in imports:  # the same export again, perhaps by other code
                again = tables.imports.c.content == row["content"]
                connection.execute(sa.update(tables.imports).where(again).values(importer=row.get("importer")))


def _recorded(connection: sa.Connection) -> dict[str, str]:
    """The path and the hash of every landed file."""
    rows = connection.execute(sa.select(tables.chunks.c.path, tables.chunks.c.file_hash))
    return {row.path: row.file_hash for row in rows}


def _reaches_over(month: Month, listened_at: pl.Series) -> tuple[bool, bool]:
    """Whether any play may belong to the local month before, and after."""
    (start, _), (_, end) = edges(month, timedelta())
    return (listened_at < start + FURTHEST_WEST).any(), (listened_at >= end - FURTHEST_EAST).any()


def _hash(frame: pl.DataFrame) -> str:
    return combined(*frame_hashes(frame).items()) if frame.height else NO_ROWS
