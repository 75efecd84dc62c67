"""The list of landed files: what is landed of each month and bucket, and whose plays it holds."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass

from wrapped_assets.kernels.versions import combined
from wrapped_assets.storage.later import sa
from wrapped_assets.storage.reading import Reader, reading
from wrapped_assets.storage.root import Root

PLAYS, TRACKS = "sources/landed_plays", "sources/landed_tracks"
NO_ROWS = combined("no rows")


@dataclass(frozen=True, slots=True)
class Chunk:
    """One landed file. `whole`, `head` and `tail` are content hashes: of all rows, and of those near the month's ends."""

    path: str
    asset: str
    month: str
    bucket: int
    row_count: int
    whole: str
    head: str
    tail: str
    file_hash: str
    is_early: bool
    is_late: bool
    people: bytes | None = None

    def listener_ids(self) -> list[int]:
        """The listeners whose plays it holds, in order."""
        return list(struct.unpack(f"<{len(self.people or b'') // 8}q", self.people or b""))


def load_chunks(
    root: Root, bucket: int | None = None, months: Iterable[str] | None = None, connection: sa.Connection | Reader | None = None
) -> dict[tuple[str, str, int], list[Chunk]]:
    """Every landed chunk, or those of a bucket and of some months, by asset, month and bucket; each list in the order of paths."""
    wanted: dict[str, list[str] | int] = {} if bucket is None else {"bucket": bucket}
    conditions = ["1 = 1"] if bucket is None else ["bucket = :bucket"]
    if months is not None:
        wanted["months"] = list(months)
        conditions.append("month in :months")
    found: dict[tuple[str, str, int], list[Chunk]] = {}
    with reading(root, connection) as reader:
        query = f"select {', '.join(Chunk.__slots__)} from chunks where {' and '.join(conditions)} order by path"  # noqa: S608 (our own names)
        for *about, is_early, is_late, people in reader.rows(query, **wanted):
            chunk = Chunk(*about, bool(is_early), bool(is_late), people)
            found.setdefault((chunk.asset, chunk.month, chunk.bucket), []).append(chunk)
    return found


def landed_by_month(root: Root) -> dict[tuple[str, int], int]:
    """How many plays are landed, by month and bucket."""
    with reading(root) as reader:
        rows = reader.rows("select month, bucket, sum(row_count) from chunks where asset = :asset group by month, bucket", asset=PLAYS)
        return {(month, bucket): int(count) for month, bucket, count in rows}


def landed_rows(root: Root) -> int:
    """How many plays are landed."""
    with reading(root) as reader:
        ((count,),) = reader.rows("select coalesce(sum(row_count), 0) from chunks where asset = :asset", asset=PLAYS)
        return int(count)
