"""Writes coded plays and their tracks into the landing: a file of each for every UTC month and bucket.

Listeners and tracks are small numbers until a file is written. A flush sorts by these once; the months, the buckets and the tracks that
each file needs are cut out of that order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

import numpy as np
import polars as pl
import sqlalchemy as sa

from wrapped_assets.kernels.hashing import frame_hashes
from wrapped_assets.kernels.time_order import in_time_order
from wrapped_assets.kernels.versions import combined
from wrapped_assets.storage import tables
from wrapped_assets.storage.chunks import NO_ROWS, PLAYS, TRACKS, Chunk
from wrapped_assets.storage.database import insert_new
from wrapped_assets.storage.files import write_parquet
from wrapped_assets.storage.landing import FURTHEST_EAST, FURTHEST_WEST, edges
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.transactions import exclusive
from wrapped_assets.storage.whole_files import is_intact
from wrapped_assets.vocabulary.periods import Month

MOST_TRACKS = 400_000  # that are kept from one flush to the next: about 150 MB
_DAY_MS = 86_400_000


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
            plays, self._plays = pl.concat(self._plays, rechunk=True), []
            people = np.fromiter(self._people, dtype=np.int64, count=len(self._people))
            tracks, places = _by_variant(pl.concat(self._tracks))
            for bucket, month, rows in _cells(plays, people, self.root.bucket_count):
                part = plays[rows]
                place = places[part["variant_id"].to_numpy()]
                ids = people[part["listener_id"].to_numpy()], tracks["variant_id"].to_numpy()[place]
                self._write(part.with_columns(listener_id=ids[0], variant_id=ids[1]), place, tracks, month, bucket)
        self._plays, self._waiting = [], 0

    def _write(self, plays: pl.DataFrame, place: np.ndarray, tracks: pl.DataFrame, month: Month, bucket: int) -> None:
        """Writes one month and bucket. `plays` are by listener and time, `place` is each play's row of `tracks`."""
        near = [plays["listened_at"].is_between(*ends) for ends in edges(month, self.edge)]
        who = plays["listener_id"].to_numpy()
        people = who[np.flatnonzero(np.append(who[:1] == who[:1], who[1:] != who[:-1]))].astype("<i8").tobytes()
        plays = _ties_ordered(plays)
        self._store(PLAYS, month, bucket, plays, near, people)
        self.watch(self.chunks[-1], plays)
        is_used, *is_near = (_marked(place[rows], tracks.height) for rows in (slice(None), *(mask.to_numpy() for mask in near)))
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


def _by_variant(tracks: pl.DataFrame) -> tuple[pl.DataFrame, np.ndarray]:
    """Each track once, by variant; and which row of these each track became."""
    ids, first, places = np.unique(tracks["variant_id"].to_numpy(), return_index=True, return_inverse=True)
    return tracks if len(ids) == tracks.height and (first[1:] > first[:-1]).all() else tracks[first], places


def _cells(plays: pl.DataFrame, people: np.ndarray, buckets: int) -> Iterator[tuple[int, Month, np.ndarray]]:
    """Each bucket and UTC month with its rows by listener and time. `listener_id` is a place in `people`."""
    listener, at = plays["listener_id"].to_numpy(), plays["listened_at"].to_physical().to_numpy()
    rank = np.empty(len(people), dtype=np.int64)
    rank[np.argsort(people)] = np.arange(len(people))
    day = at // _DAY_MS
    first = int(day.min())
    month_of_day = np.arange(first, int(day.max()) + 1).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    span = int(month_of_day[-1] - month_of_day[0]) + 1
    cell = (people & (buckets - 1))[listener] * span + (month_of_day - month_of_day[0])[day - first]
    rows = np.arange(len(cell)) if (cell[1:] >= cell[:-1]).all() else np.argsort(_narrow(cell), kind="stable")
    ends = np.append(np.flatnonzero(np.diff(cell[rows])) + 1, len(cell))
    for start, end in zip(np.append(0, ends[:-1]), ends, strict=True):
        mine = rows[start:end]
        bucket, month = divmod(int(cell[mine[0]]), span)
        year, zero_based = divmod(month + int(month_of_day[0]), 12)
        yield bucket, Month(1970 + year, zero_based + 1), mine[in_time_order(rank[listener[mine]], at[mine])]


def _narrow(numbers: np.ndarray) -> np.ndarray:
    """The numbers in 16 bits where they fit, for which NumPy's stable sort is linear."""
    return numbers.astype(np.uint16) if int(numbers.max()) < 2**16 else numbers


def _ties_ordered(plays: pl.DataFrame) -> pl.DataFrame:
    """Plays that are by listener and time, in a total order: those of one listener and instant by track, then by every other column."""
    key = ["listener_id", "listened_at", "variant_id"]
    is_tied = np.zeros(plays.height + 1, dtype=bool)
    same = [plays[name].to_physical().to_numpy() for name in key[:2]]
    is_tied[1:-1] = (same[0][1:] == same[0][:-1]) & (same[1][1:] == same[1][:-1])
    tied = np.flatnonzero(is_tied[1:] | is_tied[:-1])
    if not len(tied):
        return plays
    order = np.arange(plays.height)
    rows = plays[tied].with_columns(_row=tied)
    order[tied] = rows.sort(*key, *(name for name in plays.columns if name not in key), nulls_last=True)["_row"].to_numpy()
    return plays[order]


def _marked(rows: np.ndarray, count: int) -> np.ndarray:
    """Which of `count` numbers are among `rows`."""
    marked = np.zeros(count, dtype=bool)
    marked[rows] = True
    return marked


def _reaches_over(month: Month, listened_at: pl.Series) -> tuple[bool, bool]:
    """Whether any play may belong to the local month before, and after."""
    (start, _), (_, end) = edges(month, timedelta())
    return (listened_at < start + FURTHEST_WEST).any(), (listened_at >= end - FURTHEST_EAST).any()


def _hash(frame: pl.DataFrame) -> str:
    return combined(*frame_hashes(frame).items()) if frame.height else NO_ROWS
