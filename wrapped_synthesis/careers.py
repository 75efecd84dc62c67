"""When artists were about: the years of their careers, and in which of them each release group came out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wrapped_synthesis import tables
from wrapped_synthesis.genre_tree import ROOTS

FIRST_YEAR = 1960


@dataclass(frozen=True)
class Careers:
    """First and last year per artist, both inclusive."""

    first: np.ndarray
    last: np.ndarray


def careers(genre: np.ndarray, rank_share: np.ndarray, drawn: np.ndarray, newest: int) -> Careers:
    """A career of each artist between FIRST_YEAR and `newest`.

    One in four is new; the others began around their genre's best years. `rank_share` is an artist's rank within the genre in
    [0, 65536): the popular began more recently, down to two thirds as long ago. `drawn` has three rows.
    """
    longest = max(0, newest - FIRST_YEAR)
    heyday = np.array([root.age for root in ROOTS])[genre] * tables.lognormal(1_000, 0.4, 100, 9_000)[drawn[0]] // 1_000
    ago = np.where(drawn[2] % 4 == 0, tables.exponential(7, 0, longest)[drawn[0]], heyday)
    ago = np.minimum(longest, ago.astype(np.int64) * (131_072 + rank_share) // 196_608)
    first = newest - ago
    # Nobody tires in the first years; later one in five is still at it.
    is_active = (drawn[2] < 13_107) | (ago < 3)
    return Careers(first, np.where(is_active, newest, np.minimum(newest, first + tables.exponential(10, 1, 60)[drawn[1]])))


def release_years(artist: np.ndarray, number: np.ndarray, count: np.ndarray, of: Careers, drawn: np.ndarray) -> np.ndarray:
    """The year of each release group, the `number`-th (from 0) of `count` by its artist: in order, spread over the career."""
    first, last = of.first[artist], of.last[artist]
    span = last - first + 1
    # Each has a share of the career and falls anywhere in it: earlier numbers never come later.
    return first + (span * (number * 65_536 + drawn)) // (count * 65_536)
