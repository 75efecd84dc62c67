"""Equally wide ranges of an id, which is a hash, so that each has about as many rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

IDS_END = 1 << 63  # ids are hashes, even over 0 … 2^63 - 1


@dataclass(frozen=True)
class Ranges:
    """Those from `first` up to `end` of so many ranges of an id. The first one of all also has what is below 0, and nulls."""

    first: int
    end: int
    count: int

    @classmethod
    def of_share(cls, number: int, shares: int, count: int) -> Ranges:
        """Those of one of so many shares, from 0."""
        return cls(count * number // shares, count * (number + 1) // shares, count)

    @property
    def are_all(self) -> bool:
        return self.end - self.first == self.count

    def holds(self, name: str) -> pl.Expr:
        """Whether the id in a column is in any of them."""
        ids = pl.col(name).fill_null(-1)
        above = ids >= self._width * self.first if self.first else pl.lit(value=True)
        return above & (ids < self._width * self.end) if self.end < self.count else above

    def numbers(self, ids: pl.Series) -> np.ndarray:
        """The range of each id that is in one of them, from 0 for the first."""
        return np.clip(ids.fill_null(-1).to_numpy() // self._width, self.first, self.end - 1) - self.first

    @property
    def _width(self) -> int:
        return (IDS_END - 1) // self.count


EVERYTHING = Ranges(0, 1, 1)
