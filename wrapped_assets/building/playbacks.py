"""Counts the distinct landed playbacks, and resolves only those that may be duplicates."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl

from wrapped_assets.building.excluding import APART
from wrapped_assets.building.linking import Linked, known_in, links_of
from wrapped_assets.catalogue.tracks import tracks
from wrapped_assets.kernels.engines import engine_for
from wrapped_assets.listens.clocks import EDGE
from wrapped_assets.listens.doubtful import doubtful_among, is_doubtful, spans
from wrapped_assets.listens.resolve import LINKS_READ, PLAYS_READ, TRACKS_READ, resolved_plays
from wrapped_assets.storage import landing
from wrapped_assets.storage.chunks import PLAYS, TRACKS, Chunk
from wrapped_assets.storage.recent_frames import RecentFrames
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.spool import Arrays
from wrapped_assets.vocabulary.periods import Month

Slot = tuple[str, int]  # a UTC month and a bucket
Chunks = Mapping[tuple[str, str, int], list[Chunk]]
_TRACKS_READ = tracks.reads[0].columns
MOST_HELD = 200_000  # doubtful plays in memory; while a year of them is resolved they take some 100 MB


def count_playbacks(root: Root, cells: Collection[Slot]) -> int:
    """Playbacks of some (UTC month of the start, bucket); duplicates over a month's end are found through its edges."""
    chunks = landing.load_chunks(root) if cells else {}
    landed = [(Month.parse(month), bucket) for month, bucket in sorted(cells) if (PLAYS, month, bucket) in chunks]
    if not landed:
        return 0
    known = known_in(root, {month.year for month, _ in landed})
    waiting: dict[tuple[int, int], list[list[_Doubtful]]] = {}  # (bucket, year) → months with doubtful plays, few at a time
    total, recent = 0, RecentFrames()
    for month, bucket in landed:
        plays = landing.read_landed(root, chunks, PLAYS, month, bucket, [column.name for column in PLAYS_READ], EDGE, recent)
        (start, _), (_, end) = landing.edges(month, EDGE)
        is_inside = plays.select(pl.col("listened_at").is_between(start, end, closed="left")).to_series()
        found = is_doubtful(plays)
        total += int((is_inside.to_numpy() & ~found).sum())
        if found.any():
            groups = waiting.setdefault((bucket, month.year), [])
            if not groups or sum(one.plays.height for one in groups[-1]) > MOST_HELD:
                groups.append([])
            groups[-1].append(_Doubtful(month, plays.filter(found), is_inside.filter(found)))
    for (bucket, year), groups in waiting.items():
        linked = links_of(root, chunks, bucket, known[year])
        total += sum(_kept_inside(months, _tracks_of(root, chunks, bucket, months, recent), linked) for months in groups)
    return total


@dataclass(frozen=True)
class _Doubtful:
    """The doubtful plays of a month and its edges, and which of them are the month's own."""

    month: Month
    plays: pl.DataFrame
    is_inside: pl.Series


def _tracks_of(root: Root, chunks: Chunks, bucket: int, months: Sequence[_Doubtful], recent: RecentFrames) -> pl.DataFrame:
    return pl.concat(landing.read_landed(root, chunks, TRACKS, each.month, bucket, _TRACKS_READ, EDGE, recent) for each in months)


def _kept_inside(months: Sequence[_Doubtful], landed: pl.DataFrame, linked: Linked) -> int:
    """How many of the months' own plays are kept. In each month a listener counts as another one, so one query resolves all months."""
    plays = pl.concat(each.plays.with_columns(_month=pl.lit(number)) for number, each in enumerate(months))
    whose = plays.select("_month", "listener_id").unique().with_row_index("_number").with_columns(pl.col("_number").cast(pl.Int64))
    apart = plays.join(whose, on=["_month", "listener_id"], maintain_order="left").with_columns(listener_id="_number")
    links = linked[0].join(whose, on="listener_id").with_columns(listener_id="_number")
    kept = _kept(apart.select(pl.exclude("_month", "_number")), landed, (links, linked[1]))
    return int(pl.concat([each.is_inside for each in months]).gather(kept["_place"]).sum())


def _kept(doubtful: pl.DataFrame, landed: pl.DataFrame, linked: Linked) -> pl.DataFrame:
    """Those of a bucket's doubtful plays that are kept for their playbacks; `landed` has their tracks."""
    links, led_to = linked
    mine = links.join(doubtful, on=["listener_id", "variant_id"], how="semi").unique(["listener_id", "variant_id"])
    whole = pl.concat([landed, led_to.select(landed.columns)])
    wanted = pl.concat([doubtful["variant_id"], mine["linked_variant_id"]]).unique().implode()
    named = tracks.function(whole.filter(pl.col("variant_id").is_in(wanted)).lazy(), APART)
    links_read = mine.lazy().select([column.name for column in LINKS_READ])
    resolved = resolved_plays(doubtful.lazy(), named.select([column.name for column in TRACKS_READ]), links_read)
    return resolved.filter(pl.col("_kept") == pl.col("_row")).collect(engine=engine_for(doubtful.height + whole.height))


@dataclass(frozen=True)
class _Seen:
    """A chunk as it was written: its listeners with their first start and last reach (ms), its format, and its doubtful plays."""

    chunk: Chunk
    times: tuple[tuple[int, int], tuple[int, int]]  # where the import keeps first starts and last reaches
    code: int | None  # None: several
    flush: pl.DataFrame  # the doubtful plays of all chunks that were written at once: a frame for each chunk costs six kilobytes
    start: int  # of its own among them
    doubtful_count: int

    @property
    def doubtful(self) -> pl.DataFrame:
        return self.flush.slice(self.start, self.doubtful_count)

    @property
    def people(self) -> np.ndarray:
        return np.frombuffer(self.chunk.people or b"", dtype="<i8")

    def meets(self, other: _Seen, kept: Callable[[tuple[int, int]], np.ndarray]) -> bool:
        """Whether a play here may repeat one there; `kept` gives the times that lie at a place."""
        mine, theirs = np.intersect1d(self.people, other.people, assume_unique=True, return_indices=True)[1:]
        if not len(mine) or self.code is None or self.code != other.code:
            return bool(len(mine))
        (first, reached), (their_first, their_reached) = (map(kept, one.times) for one in (self, other))
        return bool(((first[mine] < their_reached[theirs]) & (their_first[theirs] < reached[mine])).any())


class Landed:
    """What an import writes, remembered so far that its playbacks are counted without reading it again."""

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}
        self._times = Arrays()
        self._forgotten: set[Slot] = set()
        self._held = 0

    def take(self, chunks: Sequence[Chunk], plays: pl.DataFrame) -> None:
        """Remembers chunks of plays; `plays` has their rows one after another, each chunk's by listener and time.

        A chunk with too many doubtful plays is read again instead.
        """
        who, codes = plays["listener_id"].to_numpy(), plays["source_code"].to_numpy()
        chunk_of = np.repeat(np.arange(len(chunks)), [chunk.row_count for chunk in chunks])
        is_first = np.concatenate([[True], (who[1:] != who[:-1]) | (chunk_of[1:] != chunk_of[:-1])])  # of a listener's in a chunk
        start, reached = spans(plays)
        is_compared = doubtful_among(np.cumsum(is_first) - 1, start, reached, codes)
        ends = np.cumsum([chunk.row_count for chunk in chunks])
        place = np.concatenate([[0], np.cumsum(is_compared)])  # of each play among the doubtful ones
        kept = int(np.searchsorted(self._held + place[ends], MOST_HELD, side="right"))
        self._held += int(place[-1])
        self._forgotten |= {(chunk.month, chunk.bucket) for chunk in chunks[kept:]}
        names, rows = [column.name for column in PLAYS_READ], np.flatnonzero(is_compared[: ends[kept - 1] if kept else 0])
        doubtful = landing.with_optional(plays[rows].lazy(), names).select(names).collect(engine="in-memory")
        for chunk, end in zip(chunks[:kept], ends.tolist(), strict=False):
            begin = end - chunk.row_count
            firsts, mine = np.flatnonzero(is_first[begin:end]), codes[begin:end]
            furthest = np.maximum.reduceat(reached[begin:end], firsts)
            code = int(mine[0]) if (mine == mine[0]).all() else None
            times = self._times.add(start[begin + firsts]), self._times.add(furthest)
            self._seen[chunk.path] = _Seen(chunk, times, code, doubtful, int(place[begin]), int(place[end] - place[begin]))

    def apart(self, cells: Collection[Slot], before: Chunks) -> set[Slot]:
        """The cells of which no play can repeat one that was landed before, or in another chunk."""
        near: dict[Slot, list[_Seen]] = {}
        for seen in self._seen.values():
            near.setdefault((seen.chunk.month, seen.chunk.bucket), []).append(seen)
        return {cell for cell in cells if self._is_apart(cell, near, before)}

    def _is_apart(self, cell: Slot, near: Mapping[Slot, list[_Seen]], before: Chunks) -> bool:
        month, bucket = Month.parse(cell[0]), cell[1]
        beside = [(str(month.shift(shift)), bucket) for shift in (-1, 0, 1)]
        mine, around = near.get(cell, []), [seen for slot in beside for seen in near.get(slot, [])]
        old = [chunk for slot in beside for chunk in before.get((PLAYS, *slot), [])]
        kept = cache(self._times.__getitem__)
        return bool(mine) and not (
            any(slot in self._forgotten for slot in beside)
            or any(np.isin(seen.people, landing.people_of(old)).any() for seen in around)
            or any(seen is not other and seen.meets(other, kept) for seen in mine for other in around)
        )

    def count(self, root: Root, cells: Collection[Slot]) -> int:
        """The playbacks of cells that are `apart`, once they are landed."""
        mine = [seen for seen in self._seen.values() if (seen.chunk.month, seen.chunk.bucket) in cells]
        alone = sum(seen.chunk.row_count - seen.doubtful_count for seen in mine)
        together: dict[tuple[int, int], list[_Seen]] = {}
        for seen in mine:
            if seen.doubtful_count:
                together.setdefault((seen.chunk.bucket, Month.parse(seen.chunk.month).year), []).append(seen)
        if not together:
            return alone
        chunks, known = landing.load_chunks(root), known_in(root, {year for _, year in together})
        for (bucket, year), found in together.items():  # no play of one month can repeat one of another, so a year is resolved at once
            months = sorted({seen.chunk.month for seen in found})
            named = [landing.read_landed(root, chunks, TRACKS, Month.parse(month), bucket, _TRACKS_READ, None) for month in months]
            doubtful = pl.concat([seen.doubtful for seen in found])
            alone += _kept(doubtful, pl.concat(named), links_of(root, chunks, bucket, known[year])).height
        return alone
