"""Who listens: where each invented listener lives, how they listen, and how much in each year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from wrapped_synthesis import cities, tables
from wrapped_synthesis.chance import Purpose, fields
from wrapped_synthesis.genre_tree import ROOTS
from wrapped_synthesis.places import PLACES
from wrapped_synthesis.repertoire import GENRE_COUNT

# Median 2,000 and sigma 1.354 make a mean of 5,000; only the shape matters, the sum is what the caller asks for.
_SIGMA = 1.354
YEARLY_CAP = 40_000  # some 110 a day: what one pair of ears can take
_SESSION_LENGTHS = (5, 8, 12, 17)
CLOCK_COUNT = 4
_MINORS_BELOW = 3_277  # of the draws for ages


@dataclass(frozen=True)
class Who:
    """One value per listener; `genres` has three rows, favourite first, and a fourth that tastes drift to."""

    names: pl.Series
    place: np.ndarray
    clock: np.ndarray
    is_southern: np.ndarray
    new_session_below: np.ndarray
    genres: np.ndarray
    listens: np.ndarray  # listener × year


def people(listeners: int, listens: int, seed: int, years: Sequence[int]) -> tuple[Who, pl.DataFrame]:
    """The listeners as arrays, and as the table that is written; listens sum to `listens` exactly."""
    drawn = fields(seed, Purpose.LISTENERS, 0, 12, listeners)
    place = tables.from_weights([float(place.weight) for place in PLACES], np.int16)[drawn[0]]
    home = np.array([place.genre for place in PLACES], dtype=np.int16)[place]
    genres = np.stack([np.where(drawn[1] < 30_000, home, drawn[2] % GENRE_COUNT), *(drawn[row] % GENRE_COUNT for row in (3, 4, 5))])
    lengths = np.array([65_536 // length for length in _SESSION_LENGTHS], dtype=np.uint16)
    names = pl.select(pl.format("listener-{}", pl.int_range(listeners).cast(pl.String).str.zfill(6)).alias("listener")).to_series()
    totals = _totals(drawn[6], listens, YEARLY_CAP * len(years))
    who = Who(
        names=names,
        place=place,
        clock=tables.from_weights([40, 25, 20, 15], np.int8)[drawn[7]],
        is_southern=np.array([place.is_southern for place in PLACES], dtype=np.int8)[place],
        new_session_below=lengths[drawn[8] % len(_SESSION_LENGTHS)],
        genres=genres.astype(np.int16),
        listens=_by_year(totals, seed, len(years), drawn[9]),
    )
    leaning = _leaning(drawn[11], genres[0], fields(seed, Purpose.AGES, 0, 1, listeners)[0])
    return who, _table(who, cities.homes(place, seed), drawn[10], leaning, max(years))


def _leaning(age: np.ndarray, genre: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """The draws for ages, those of two adults in three moved by their favourite genre: who loves an old one is likelier to be old."""
    oldest, youngest = max(root.age for root in ROOTS), min(root.age for root in ROOTS)
    place = np.array([(root.age - youngest) * 65_535 // (oldest - youngest) for root in ROOTS])[genre]
    is_moved = (age >= _MINORS_BELOW) & (chance < 43_690)
    return np.where(is_moved, np.maximum(_MINORS_BELOW, (age.astype(np.int64) + 2 * place) // 3), age).astype(np.uint16)


def _totals(drawn: np.ndarray, listens: int, cap: int) -> np.ndarray:
    """Lognormal shares of `listens`, none above the cap; what the cap takes goes to the others, in proportion."""
    if listens > len(drawn) * cap:
        raise ValueError(f"expected at most {cap:,} listens per listener, got {listens:,} for {len(drawn):,}; ask for more listeners")
    weights = tables.lognormal(2_000_000, _SIGMA, 10_000, 600_000_000)[drawn]
    totals = np.zeros(len(drawn), dtype=np.int64)
    free = np.ones(len(drawn), dtype=bool)
    while True:
        left = listens - int(totals[~free].sum())
        # Weights shrink before the product could pass 63 bits; a proportion needs no more digits.
        shift = max(0, int(weights.max()).bit_length() + left.bit_length() - 62)
        sizes = np.maximum(weights >> shift, 1)
        totals[free] = sizes[free] * left // max(1, int(sizes[free].sum()))
        over = free & (totals > cap)
        if not over.any():
            break
        totals[over] = cap
        free &= ~over
    # What rounding left over, one listen each; a listener at the cap takes none.
    while (left := listens - int(totals.sum())) > 0:
        takers = np.flatnonzero(totals < cap)[:left]
        totals[takers] += 1
    return totals


def _by_year(totals: np.ndarray, seed: int, year_count: int, joined: np.ndarray) -> np.ndarray:
    """Each listener's total over the years: up and down by up to a third, and one in ten joins after the first year."""
    shares = 70 + fields(seed, Purpose.SHARES, 0, year_count, len(totals)).astype(np.int64) % 61
    first_year = np.where((joined < 6_554) & (totals < YEARLY_CAP), joined % year_count, 0)
    shares[np.arange(year_count)[:, None] < first_year] = 0
    parts = totals * shares // shares.sum(axis=0)
    parts[-1] += totals - parts.sum(axis=0)
    return np.ascontiguousarray(parts.T)


def _table(who: Who, city: np.ndarray, has_birth_year: np.ndarray, age: np.ndarray, last_year: int) -> pl.DataFrame:
    # One in seven gives no birth year; one in twenty is a minor, so that what protects minors has someone to protect.
    ages = np.where(age < _MINORS_BELOW, 13 + age % 5, 18 + tables.towards_start(1.6)[age].astype(np.int64) * 62 // 65_536)
    birth_year = pl.Series(last_year - ages, dtype=pl.Int32)
    return pl.DataFrame(
        {
            "listener": who.names,
            "time_zone": pl.Series([place.time_zone for place in PLACES]).gather(who.place.astype(np.uint32)),
            "country": pl.Series([place.country for place in PLACES]).gather(who.place.astype(np.uint32)),
            "birth_year": birth_year,
            "place": cities.city_names(city),
        }
    ).with_columns(pl.when(pl.Series(has_birth_year >= 9_362)).then("birth_year").alias("birth_year"))


def write_people(table: pl.DataFrame, out: Path) -> None:
    """Writes `listeners.parquet`."""
    table.write_parquet(out / "listeners.parquet", compression="zstd", compression_level=1, row_group_size=262_144)
