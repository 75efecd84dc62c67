"""Writes coded plays and their tracks into the landing: a file of each for every UTC month and bucket.

Listeners and tracks are small numbers until a file is written. A flush sorts by these once; the months, the buckets and the tracks that
each file needs are cut out of that order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property

import numpy as np
import polars as pl

from wrapped_assets.contracts.errors import WrappedError
from wrapped_assets.kernels.hashing import frame_hashes
from wrapped_assets.kernels.versions import combined
from wrapped_assets.storage.buckets import LAKE_SETTING, bucket_count, setting
from wrapped_assets.storage.chunks import NO_ROWS, PLAYS, TRACKS, Chunk
from wrapped_assets.storage.frame_files import BATCH_BYTES
from wrapped_assets.storage.landing import FURTHEST_EAST, FURTHEST_WEST, OPTIONAL, edges_ms
from wrapped_assets.storage.landing_order import by_cell, by_variant, marked, ties_ordered
from wrapped_assets.storage.reading import Reader, reading
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.spool import Spool
from wrapped_assets.storage.stored_files import NewFile
from wrapped_assets.storage.writing import Writer, writing
from wrapped_assets.vocabulary.periods import Month

MOST_TRACKS = 400_000  # that are kept from one flush to the next: about 150 MB


@dataclass
class LandingWriter:
    """Collects coded plays and writes them out in chunks; `commit` makes them visible.

    `watch` is shown the chunks of plays that a flush wrote, and their rows one chunk after another.
    """

    root: Root
    edge: timedelta
    rows_per_flush: int = 2_000_000
    watch: Callable[[Sequence[Chunk], pl.DataFrame], None] = lambda chunks, plays: None
    chunks: list[Chunk] = field(default_factory=list)
    renumbered: int = 0  # how often the numbers of tracks began anew
    bucket_count: int = 0  # 0: that of the root
    recorded: Mapping[str, str] | None = None  # the path and the hash of every landed file, where they are known
    _people: dict[int, int] = field(default_factory=dict)  # surrogate → number
    _tracks: list[pl.DataFrame] = field(default_factory=list)
    _track_count: int = 0
    _table: Spool | None = None  # of coded tracks whose rows are their numbers, in place of `_tracks`
    _plays: list[pl.DataFrame] = field(default_factory=list)
    _waiting: int = 0
    _unplaced: dict[int, NewFile] = field(default_factory=dict)  # place in `chunks` → what its file is to hold
    _unplaced_bytes: float = 0

    def __post_init__(self) -> None:
        self.bucket_count = self.bucket_count or bucket_count(self.root)

    @cached_property
    def _recorded(self) -> Mapping[str, str]:
        if self.recorded is not None:
            return self.recorded
        with reading(self.root) as reader:
            return _recorded(reader)

    def listener_numbers(self, surrogates: Sequence[int]) -> list[int]:
        """The listeners' numbers for `add_numbered`."""
        return [self._people.setdefault(surrogate, len(self._people)) for surrogate in surrogates]

    def track_numbers(self, tracks: pl.DataFrame) -> np.ndarray:
        """Takes coded tracks and returns their numbers for `add_numbered`; they hold as long as `renumbered` stays."""
        if self._table is not None:
            self.cut()
        first = self._track_count
        self._tracks.append(tracks)
        self._track_count += tracks.height
        return np.arange(first, self._track_count, dtype=np.uint32)

    def take_table(self, table: Spool) -> None:
        """Numbers tracks by the rows of a table of coded ones, until other tracks come."""
        if table is not self._table:
            self.cut()
            self._table = table

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

    def cut(self) -> None:
        """Makes one chunk per month and bucket of what was collected, and forgets the tracks. `flush` writes what few rows became."""
        self._write_out()
        self._renumber()

    def flush(self) -> None:
        """Writes everything that was collected."""
        self.cut()
        self._place_files()

    def _renumber(self) -> None:
        self._tracks, self._track_count, self._table, self.renumbered = [], 0, None, self.renumbered + 1

    def _write_out(self) -> None:
        if self._waiting:
            plays, self._plays, self._waiting = pl.concat(self._plays, how="diagonal", rechunk=True), [], 0
            people = np.fromiter(self._people, dtype=np.int64, count=len(self._people))
            tracks, places = self._tracks_of(plays["variant_id"].to_numpy())
            cells = list(by_cell(plays, people, self.bucket_count))
            plays = plays[np.concatenate([rows for _, _, rows in cells])]
            place = places[plays["variant_id"].to_numpy()]
            ids = people[plays["listener_id"].to_numpy()], tracks["variant_id"].to_numpy()[place]
            plays = ties_ordered(plays.with_columns(listener_id=ids[0], variant_id=ids[1]))
            before, end = len(self.chunks), 0
            for bucket, month, rows in cells:
                start, end = end, end + len(rows)
                self._add_cell(plays[start:end], place[start:end], tracks, month, bucket)
            if plays.estimated_size() > BATCH_BYTES:  # cells are slices, each of which keeps all plays in memory
                self._place_files()
            self.watch([chunk for chunk in self.chunks[before:] if chunk.asset == PLAYS], plays)

    def _tracks_of(self, numbers: np.ndarray) -> tuple[pl.DataFrame, np.ndarray]:
        """The tracks with these numbers, and others, each once, by variant; and which row of these each number is."""
        if self._table is None:
            return by_variant(pl.concat(self._tracks))
        used = np.flatnonzero(marked(numbers, self._table.height))
        places = np.zeros(self._table.height, dtype=np.int32)
        tracks, places[used] = by_variant(self._table[used])
        return tracks, places

    def _add_cell(self, plays: pl.DataFrame, place: np.ndarray, tracks: pl.DataFrame, month: Month, bucket: int) -> None:
        """Takes one month and bucket. `plays` are by listener and time, `place` is each play's row of `tracks`."""
        who, at = plays["listener_id"].to_numpy(), plays["listened_at"].to_physical().to_numpy()
        near = [(at >= first) & (at <= last) for first, last in edges_ms(month, self.edge)]
        people = who[np.flatnonzero(np.append(who[:1] == who[:1], who[1:] != who[:-1]))].astype("<i8").tobytes()
        plays = plays.drop(name for name in OPTIONAL if name in plays.columns and plays[name].null_count() == plays.height)
        self._add_file(PLAYS, month, bucket, plays, near, people, _reaches_over(month, at))
        is_used, *is_near = (marked(place[rows], tracks.height) for rows in (slice(None), *near))
        used = np.flatnonzero(is_used)
        near = [flags[used] for flags in is_near]
        self._add_file(TRACKS, month, bucket, tracks[used].with_columns(is_head=near[0], is_tail=near[1]), near)

    def _add_file(
        self, asset: str, month: Month, bucket: int, frame: pl.DataFrame, near: Sequence[np.ndarray], people: bytes | None = None,
        reaches_over: tuple[bool, bool] = (False, False),
    ) -> None:  # fmt: skip
        whole, head, tail = _hash(frame), *(_hash(frame.filter(rows)) if rows.any() else NO_ROWS for rows in near)
        path = f"landing/{asset.removeprefix('sources/landed_')}/{month}/b{bucket:03d}/{whole}.parquet"
        chunk = Chunk(path, asset, str(month), bucket, frame.height, whole, head, tail, self._recorded.get(path, ""), *reaches_over, people)
        # Another release of a library may write other bytes for the same rows.
        if not (chunk.file_hash and self.root.files.intact(path, {chunk.file_hash})):
            self._unplaced[len(self.chunks)] = NewFile(frame, path)
            self._unplaced_bytes += frame.estimated_size()
        self.chunks.append(chunk)
        if self._unplaced_bytes > BATCH_BYTES:
            self._place_files()

    def _place_files(self) -> None:
        """Writes the files that wait."""
        for place, placed in zip(self._unplaced, self.root.files.write([*self._unplaced.values()]), strict=True):
            self.chunks[place] = replace(self.chunks[place], file_hash=placed.file_hash)
        self._unplaced, self._unplaced_bytes = {}, 0

    def commit(
        self, imports: Sequence[Mapping[str, object]] = (), register: Callable[[Writer], None] = lambda writer: None
    ) -> None:  # fmt: skip
        """Makes everything written visible at once, with whom it is of (`register`); what was there already stays as it is.

        WrappedError, and nothing visible, where the root has another number of buckets by now.
        """
        self.flush()
        with writing(self.root) as registry:
            register(registry)
            known = _recorded(registry)
            fresh = {chunk.path: chunk for chunk in self.chunks if chunk.path not in known}
            for chunk in self.chunks:
                if known.get(chunk.path, chunk.file_hash) != chunk.file_hash:  # its file was damaged, and is whole again
                    registry.run("update chunks set file_hash = :digest where path = :path", digest=chunk.file_hash, path=chunk.path)
            registry.insert_new("chunks", [{name: getattr(chunk, name) for name in Chunk.__slots__} for chunk in fresh.values()])
            registry.insert_new("imports", imports)
            if bucket_count(self.root, registry) != self.bucket_count:  # asked last: a server's transaction has its locks by now
                raise WrappedError("the buckets of this data root were divided during this import; nothing was changed: import it again")
            if not self.root.lake and setting(self.root, LAKE_SETTING, registry):
                raise WrappedError("this data root was moved into a store during this import; nothing was changed: import it again")
            for row in imports:  # the same export again, perhaps by other code
                again = "update imports set importer = :importer where content = :content"
                registry.run(again, importer=row.get("importer"), content=row["content"])


def _recorded(reader: Reader) -> dict[str, str]:
    """The path and the hash of every landed file."""
    return dict(reader.rows("select path, file_hash from chunks"))  # type: ignore[arg-type]


def _reaches_over(month: Month, at: np.ndarray) -> tuple[bool, bool]:
    """Whether any play (ms) may belong to the local month before, and after."""
    (_, west), (east, _) = edges_ms(month, FURTHEST_WEST)[0], edges_ms(month, FURTHEST_EAST)[1]
    return bool(at.min() < west), bool(at.max() >= east)


def _hash(frame: pl.DataFrame) -> str:
    return combined(*frame_hashes(frame).items()) if frame.height else NO_ROWS
