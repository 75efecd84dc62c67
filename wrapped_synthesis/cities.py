"""The cities in which listeners live and artists began, each in one place's time zone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from wrapped_synthesis import tables
from wrapped_synthesis.chance import Purpose, fields
from wrapped_synthesis.places import PLACES


@dataclass(frozen=True)
class City:
    """A city: how many of its place's listeners live there, of a hundred, and its inhabitants, rounded."""

    name: str
    weight: int
    inhabitants: int


# In the order of PLACES. No two cities share a name, for a catalogue knows places by name alone.
_CITIES: tuple[tuple[City, ...], ...] = (
    (City("New York", 55, 8_300_000), City("Atlanta", 25, 500_000), City("Philadelphia", 20, 1_600_000)),
    (City("Chicago", 45, 2_700_000), City("Nashville", 30, 690_000), City("Austin", 25, 960_000)),
    (City("Denver", 65, 710_000), City("Salt Lake City", 35, 200_000)),
    (City("Los Angeles", 60, 3_900_000), City("Seattle", 40, 740_000)),
    (City("Toronto", 60, 2_800_000), City("Montréal", 40, 1_760_000)),
    (City("Mexico City", 60, 9_200_000), City("Guadalajara", 25, 1_390_000), City("Monterrey", 15, 1_140_000)),
    (City("São Paulo", 50, 11_500_000), City("Rio de Janeiro", 30, 6_200_000), City("Salvador", 20, 2_400_000)),
    (City("Buenos Aires", 75, 3_100_000), City("Rosario", 25, 950_000)),
    (City("Santiago", 80, 6_200_000), City("Valparaíso", 20, 300_000)),
    (City("London", 50, 8_900_000), City("Manchester", 25, 550_000), City("Glasgow", 15, 630_000), City("Bristol", 10, 470_000)),
    (City("Dublin", 75, 590_000), City("Galway", 25, 85_000)),
    (City("Lisbon", 60, 550_000), City("Porto", 40, 230_000)),
    (City("Madrid", 45, 3_300_000), City("Barcelona", 40, 1_600_000), City("Seville", 15, 680_000)),
    (City("Paris", 60, 2_100_000), City("Marseille", 20, 870_000), City("Lyon", 20, 520_000)),
    (City("Berlin", 45, 3_700_000), City("Hamburg", 30, 1_900_000), City("Cologne", 25, 1_080_000)),
    (City("Amsterdam", 60, 920_000), City("Rotterdam", 40, 660_000)),
    (City("Stockholm", 65, 980_000), City("Gothenburg", 35, 600_000)),
    (City("Warsaw", 55, 1_860_000), City("Kraków", 45, 800_000)),
    (City("Athens", 70, 640_000), City("Thessaloniki", 30, 310_000)),
    (City("Johannesburg", 60, 4_800_000), City("Cape Town", 40, 4_700_000)),
    (City("Mumbai", 40, 12_400_000), City("Delhi", 35, 16_800_000), City("Bengaluru", 25, 8_400_000)),
    (City("Kathmandu", 100, 860_000),),
    (City("Tokyo", 60, 9_700_000), City("Osaka", 30, 2_750_000), City("Sapporo", 10, 1_970_000)),
    (City("Sydney", 60, 5_200_000), City("Melbourne", 40, 5_000_000)),
    (City("Lord Howe Island", 100, 450),),
    (City("Auckland", 70, 1_480_000), City("Wellington", 30, 210_000)),
)
_FLAT = tuple((place, city) for place, of_place in enumerate(_CITIES) for city in of_place)
_FIRST = np.cumsum([0, *(len(of_place) for of_place in _CITIES)])
CITY_PLACE = np.array([place for place, _ in _FLAT], dtype=np.int16)  # per city, which of PLACES it is in


def homes(place: np.ndarray, seed: int) -> np.ndarray:
    """The city of each listener, who lives in `place`."""
    drawn = fields(seed, Purpose.CITIES, 0, 1, len(place))[0]
    city_of = np.stack([tables.from_weights([city.weight for city in of_place], np.int16) for of_place in _CITIES])
    return _FIRST[place] + city_of[place, drawn]


def origins(genre: np.ndarray, chance: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """The city in which each artist of a genre began: three in four come from where the genre is at home."""
    homes_of = np.stack([_origin_table(each) for each in range(int(genre.max(initial=0)) + 1)])
    return np.where(chance < 49_152, homes_of[genre, drawn], _origin_table(None)[drawn])


def city_names(city: np.ndarray) -> pl.Series:
    """The name of each city."""
    return pl.Series([each.name for _, each in _FLAT]).gather(city.astype(np.uint32))


def countries(city: np.ndarray) -> pl.Series:
    """The country of each city."""
    return pl.Series([PLACES[place].country for place, _ in _FLAT]).gather(city.astype(np.uint32))


def write_places(out: Path) -> None:
    """Writes `places.parquet` in the catalogue's form: every city, its country and inhabitants."""
    every = np.arange(len(_FLAT))
    table = pl.DataFrame(
        {
            "place_name": city_names(every),
            "country": countries(every),
            "inhabitants": pl.Series([city.inhabitants for _, city in _FLAT], dtype=pl.Int64),
        }
    )
    table.write_parquet(out / "places.parquet", compression="zstd", compression_level=1)


@cache
def _origin_table(genre: int | None) -> np.ndarray:
    return tables.from_weights(
        [PLACES[place].weight * city.weight if genre in (None, PLACES[place].genre) else 0 for place, city in _FLAT], np.int16
    )
