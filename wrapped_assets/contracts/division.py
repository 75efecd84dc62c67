"""What `wrapped rebucket` did to the lake, as far as the next build has not made up for it."""

from __future__ import annotations

from dataclasses import dataclass

from wrapped_assets.vocabulary.periods import Cell


@dataclass(frozen=True)
class Division:
    """Some of so many buckets were divided; they had cells of these periods, which were forgotten."""

    bucket_count: int
    buckets: frozenset[int]
    periods: frozenset[str]

    def has(self, cell: Cell) -> bool:
        """Whether the cell is of a part of one of these buckets."""
        return cell.bucket is not None and cell.period in self.periods and cell.bucket % self.bucket_count in self.buckets
