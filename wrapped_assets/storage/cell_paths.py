"""Where the file of a cell lies."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping

from wrapped_assets.vocabulary.periods import Cell

_AGAIN = re.compile(r"-[0-9a-f]{8}-(?P<version>[0-9a-f]{16}\.parquet)$")  # in the name of rows that were written anew

MOST_BUCKETS = 4096


def is_bucket_count(number: int) -> bool:
    """Whether a root can have so many buckets."""
    return 1 <= number <= MOST_BUCKETS and not number & (number - 1)


def bucket_in(bucket_count: int, listener_id: int) -> int:
    """The bucket of a listener among so many, which are a power of two: the last bits of the id, which is a keyed hash.

    Bucket b of N is therefore divided into b and b + N of 2N.
    """
    return listener_id & (bucket_count - 1)


class CellPaths(dict[Cell, str]):
    """Where cells lie, and how many buckets they are of: a published edition keeps the number that it was published with."""

    def __init__(self, bucket_count: int, paths: Mapping[Cell, str]) -> None:
        super().__init__(paths)
        self.bucket_count = bucket_count

    def bucket_of(self, listener_id: int) -> int:
        """The bucket in whose cells a listener's rows are."""
        return bucket_in(self.bucket_count, listener_id)

    def only(self, is_wanted: Callable[[Cell], bool]) -> CellPaths:
        """Some of the cells."""
        return CellPaths(self.bucket_count, {cell: path for cell, path in self.items() if is_wanted(cell)})


def path_of(cell: Cell, data_version: str) -> str:
    """Where the file of a cell with these rows lies, below the data root."""
    layer, name = cell.asset.split("/")
    stem = "all" if cell.bucket is None else f"b{cell.bucket:03d}"
    return f"lake/{layer}/{name}/{cell.period}/{stem}-{data_version[:16]}.parquet"


def path_beside(path: str) -> str:
    """A name of its own for a cell's rows whose usual name is taken by other bytes."""
    before, _, version = path.rpartition("-")
    return f"{before}-{secrets.token_hex(4)}-{version}"


def is_path_of(path: str, cell: Cell, data_version: str) -> bool:
    """Whether a file of this name holds the rows of a cell: its usual name, or one of its own for rows that were written anew."""
    usual = path_of(cell, data_version)
    return path == usual or _AGAIN.sub(r"-\g<version>", path) == usual
