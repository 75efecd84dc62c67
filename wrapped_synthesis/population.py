"""A population of any size as an event log of Parquet files, made block by block so that memory stays bounded."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl

from wrapped_synthesis.catalogue import write_catalogue
from wrapped_synthesis.clocks import clocks
from wrapped_synthesis.consents import write_consents
from wrapped_synthesis.events import block_of_plays, world
from wrapped_synthesis.places import PLACES, offsets_of
from wrapped_synthesis.repertoire import repertoire, write_recordings
from wrapped_synthesis.who import people, write_people

BLOCK_PLAYS = 2_000_000  # a block ends with the listener who reaches this: some 400 MB while it is made


@dataclass(frozen=True)
class SynthesisReport:
    """What was written, and how long it took."""

    listeners: int
    listens: int
    recordings: int
    years: tuple[int, ...]
    seed: int
    files: int
    size_bytes: int
    wall_seconds: float
    cpu_seconds: float


def synthesise(
    listeners: int,
    listens: int,
    seed: int,
    years: Sequence[int],
    out: Path,
    progress: Callable[[int, int], None] | None = None,
) -> SynthesisReport:
    """Writes `events/*.parquet`, `recordings.parquet`, `listeners.parquet`, `consents.parquet` and `catalogue/*.parquet` under `out`.

    There are exactly `listens` plays. The same arguments give the same bytes, whatever the number of threads. A month is
    one file `YYYY-MM.parquet`, or `YYYY-MM-NNN.parquet` for each block of listeners where there are several; months are
    UTC and rows stand in the order of time. `progress` is called with the plays written so far and `listens`. Event files
    already in `out` are an error: old parts would be read as if they belonged to the new population.
    """
    wall, cpu = time.perf_counter(), time.process_time()
    years = sorted(set(years))
    if listeners < 1 or listens < 0 or not years:
        raise ValueError(f"expected at least one listener and one year, got {listeners} listeners, {listens} listens and years {years}")
    events = out / "events"
    if events.exists() and any(events.iterdir()):
        raise FileExistsError(f"expected {events} to be empty or absent; choose another folder or remove it")
    events.mkdir(parents=True, exist_ok=True)
    who, table = people(listeners, listens, seed, years)
    write_people(table, out)
    music = repertoire(listens, seed)
    write_catalogue(music, write_recordings(music, seed, out), seed, years[-1], out)
    write_consents(who.names, seed, years[0], out)
    everything = world(seed, who, music, clocks(years, offsets_of(PLACES, years[0], years[-1])))
    blocks = list(_blocks(who.listens.sum(axis=1)))
    done = 0
    for block, (start, end) in enumerate(blocks):
        plays = block_of_plays(everything, block, start, end)
        _write_months(plays, years, events, "" if len(blocks) == 1 else f"-{block:03}")
        done += len(plays)
        if progress is not None:
            progress(done, listens)
    written = list(out.rglob("*.parquet"))
    return SynthesisReport(
        listeners=listeners,
        listens=done,
        recordings=len(music.artist),
        years=tuple(years),
        seed=seed,
        files=len(written),
        size_bytes=sum(path.stat().st_size for path in written),
        wall_seconds=time.perf_counter() - wall,
        cpu_seconds=time.process_time() - cpu,
    )


def _blocks(listens: np.ndarray) -> Iterator[tuple[int, int]]:
    """Ranges of listeners with about BLOCK_PLAYS plays; none without a play."""
    reached = np.cumsum(listens)
    start = 0
    while start < len(listens) and reached[-1] > (before := int(reached[start - 1]) if start else 0):
        end = min(len(listens), int(np.searchsorted(reached, before + BLOCK_PLAYS)) + 1)
        yield start, end
        start = end


def _write_months(plays: pl.DataFrame, years: Sequence[int], events: Path, part: str) -> None:
    """One file for each month that has a play."""
    months = [(year, month) for year in years for month in range(1, 13)]
    starts = [datetime(year, month, 1, tzinfo=UTC) for year, month in months]
    ends = [datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC) for year, month in months]
    at = plays["listened_at"]
    firsts, pasts = (at.search_sorted(pl.Series(edges, dtype=at.dtype)).to_list() for edges in (starts, ends))
    for (year, month), first, past in zip(months, firsts, pasts, strict=True):
        if past > first:
            plays.slice(first, past - first).write_parquet(
                events / f"{year}-{month:02}{part}.parquet", compression="zstd", compression_level=1, row_group_size=262_144
            )
