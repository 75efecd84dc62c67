"""Divides the landed files of a bucket by listener, without asking the exports again, and compares every row afterwards.

A part, the files of one bucket and year, is divided at once. What it became is noted beside the landing, so that a process that was
killed is followed by one that goes on with the next part.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import orjson
import polars as pl

from wrapped_assets.contracts.errors import BuildError
from wrapped_assets.storage.cell_paths import bucket_in
from wrapped_assets.storage.chunks import PLAYS, TRACKS, Chunk
from wrapped_assets.storage.landed_pairs import read_chunk, tracks_by_variants, variants_of
from wrapped_assets.storage.landing import OPTIONAL, people_of, with_optional
from wrapped_assets.storage.landing_writer import LandingWriter
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.whole_files import write_whole

Chunks = Mapping[tuple[str, str, int], list[Chunk]]
_FLAGS = ("is_head", "is_tail")  # of tracks: which of them are played near the month's ends


@dataclass(frozen=True)
class Part:
    """The landed files of one bucket and year."""

    bucket: int
    year: str
    chunks: tuple[Chunk, ...]

    @property
    def hashes(self) -> dict[str, str]:
        return {chunk.path: chunk.file_hash for chunk in self.chunks}


def buckets_to_divide(chunks: Chunks, count: int) -> set[int]:
    """The buckets that have listeners who belong to another one of `count` buckets."""
    found = set()
    for bucket in {bucket for _, _, bucket in chunks}:
        people = people_of(chunk for slot, listed in chunks.items() if slot[2] == bucket for chunk in listed)
        if any(bucket_in(count, each) != bucket for each in people.tolist()):
            found.add(bucket)
    return found


def parts_of(chunks: Chunks, buckets: set[int]) -> list[Part]:
    """The parts of some buckets, in order."""
    found: dict[tuple[int, str], list[Chunk]] = {}
    for (_, month, bucket), listed in sorted(chunks.items()):
        if bucket in buckets:
            found.setdefault((bucket, month[:4]), []).extend(listed)
    return [Part(bucket, year, tuple(listed)) for (bucket, year), listed in sorted(found.items())]


def divided(root: Root, part: Part, count: int, edge: timedelta, recorded: Mapping[str, str]) -> tuple[list[Chunk], bool]:
    """What a part becomes in `count` buckets, its files written and compared; and whether an earlier process did it.

    `recorded` has the hash of every landed file. BuildError where rows are not the same afterwards, or cannot be divided.
    """
    note = _folder(root, count) / f"b{part.bucket:03d}-{part.year}.json"
    if (known := _noted(root, part, note)) is not None:
        return known, True
    writer = LandingWriter(root, edge, bucket_count=count, recorded=recorded)
    for month in sorted({chunk.month for chunk in part.chunks}):
        plays, tracks = ([each for each in part.chunks if (each.asset, each.month) == (asset, month)] for asset in (PLAYS, TRACKS))
        beside, made = tracks_by_variants(root, tracks), list[tuple[Chunk, Chunk, int, int]]()
        for chunk in plays:
            rows = read_chunk(root, chunk)
            if not (named := beside.get(variants_of(rows))):
                raise BuildError(f"a landed file has plays whose tracks are missing ({chunk.path}): import the export of these plays again")
            start = len(writer.chunks)
            writer.add(rows, read_chunk(root, named[0]).drop(_FLAGS))
            writer.cut()
            made.append((chunk, named[0], start, len(writer.chunks)))
        writer.flush()
        for chunk, named_by, start, end in made:
            _compare(root, chunk, named_by, writer.chunks[start:end], count)
        root.files.release()
    chunks = list({chunk.path: chunk for chunk in writer.chunks}.values())
    after = [{name: getattr(chunk, name) for name in Chunk.__slots__} | {"people": chunk.listener_ids()} for chunk in chunks]
    write_whole(_made(note), orjson.dumps({"before": part.hashes, "after": after}))
    return chunks, False


def _compare(root: Root, plays: Chunk, tracks: Chunk, after: list[Chunk], count: int) -> None:
    """BuildError unless the files have exactly the rows of `plays`, each with its track and in its listener's bucket."""
    before = _named(read_chunk(root, plays), read_chunk(root, tracks))
    frames = []
    for own, named in zip(after[::2], after[1::2], strict=True):
        places = [root.files.intact(chunk.path, {chunk.file_hash}) for chunk in (own, named)]
        if damaged := [chunk.path for chunk, place in zip((own, named), places, strict=True) if place is None]:
            raise BuildError(f"a divided file is not as it was written ({damaged[0]}); nothing was changed: the disk may be failing")
        rows, beside = (pl.read_parquet(place) for place in places if place)
        people = rows["listener_id"].unique().sort().to_list()
        if people != own.listener_ids() or any(bucket_in(count, each) != own.bucket for each in people):
            raise BuildError(f"a divided file has listeners of another bucket ({own.path}); nothing was changed")
        frames.append(_named(rows, beside))
    if not before.equals(pl.concat(frames).sort(_ordering(before), nulls_last=True)):
        raise BuildError(f"a landed file has other rows once it is divided ({plays.path}); nothing was changed")


def _named(plays: pl.DataFrame, tracks: pl.DataFrame) -> pl.DataFrame:
    """Plays with their tracks, in an order that does not depend on files."""
    whole = with_optional(plays.lazy(), OPTIONAL).collect()
    rows = whole.select(sorted(whole.columns)).join(tracks.drop(_FLAGS), on="variant_id", how="left")
    return rows.sort(_ordering(rows), nulls_last=True)


def _ordering(rows: pl.DataFrame) -> list[str]:
    return [name for name, dtype in rows.schema.items() if not dtype.is_nested()]


def _noted(root: Root, part: Part, note: Path) -> list[Chunk] | None:
    """What an earlier process made of exactly these files, as long as it is whole."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        found = orjson.loads(note.read_bytes())
        people = [b"".join(each.to_bytes(8, "little", signed=True) for each in row["people"]) for row in found["after"]]
        chunks = [Chunk(**row) for row in found["after"]]
        chunks = [replace(chunk, people=own if chunk.asset == PLAYS else None) for chunk, own in zip(chunks, people, strict=True)]
        if found["before"] == part.hashes and all(root.files.intact(chunk.path, {chunk.file_hash}) for chunk in chunks):
            return chunks
    return None


def forget_notes(root: Root) -> None:
    """Removes what was noted of divided parts."""
    shutil.rmtree(_folder(root, 0).parent, ignore_errors=True)


def _folder(root: Root, count: int) -> Path:
    return root.path / "landing" / "rebucketing" / str(count)


def _made(note: Path) -> Path:
    note.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return note
