"""Random numbers that depend on nothing but a seed, a purpose and a block."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

DRAWS = 65_536  # a field is one of so many equally likely integers


class Purpose(IntEnum):
    """What numbers are drawn for; each purpose of each block has its own stream."""

    LISTENERS = 1
    ARTISTS = 2
    RECORDINGS = 3
    PLAYS = 4
    SESSIONS = 5
    SLOTS = 6
    SHARES = 7
    CITIES = 8
    CATALOGUE = 9
    CONSENTS = 10
    AGES = 11


def fields(seed: int, purpose: Purpose, block: int, names: int, rows: int) -> np.ndarray:
    """`names` rows of `rows` 16-bit integers each, uniform in [0, 65536).

    Raw counter-based words are used rather than numpy's distributions: numpy promises the former to stay the same.
    """
    words = (names * rows + 3) // 4
    key = np.array([seed % 2**64, (int(purpose) << 40) | block], dtype=np.uint64)
    raw = np.random.Philox(key=key).random_raw(words).astype("<u8", copy=False)
    return raw.view("<u2")[: names * rows].reshape(names, rows)


def mixed(values: np.ndarray, seed: int) -> np.ndarray:
    """A 64-bit hash of each integer (the finaliser of splitmix64)."""
    with np.errstate(over="ignore"):
        words = values.astype(np.uint64) + np.uint64((seed * 0x9E3779B97F4A7C15 + 0x9E3779B97F4A7C15) % 2**64)
        words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return words ^ (words >> np.uint64(31))
