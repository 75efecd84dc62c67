"""Checks the loose rows of a catalogue, all of them texts, and gives them their types; what does not pass is kept with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import polars as pl

from wrapped_assets.contracts.known import named_schema
from wrapped_assets.contracts.known_source import KNOWN_REJECTED, KnownBatch
from wrapped_assets.kernels.texts import clean, clean_each
from wrapped_assets.sources.rows import DAY_MS

ROWS_PER_BATCH = 50_000
EARLIEST_YEAR, LATEST_YEAR = 1860, 2100  # the first recordings; far enough
# What a row of each table is known by: without one of these it says nothing.
NAMES: dict[str, tuple[str, ...]] = {
    "known_artists": ("artist_name",),
    "known_release_groups": ("release_group_name", "artist_name"),
    "known_recordings": ("recording_name", "artist_names"),
    "known_genres": ("genre_name",),
    "known_places": ("place_name",),
}
_MBIDS = ("artist_mbid", "release_group_mbid", "recording_mbid")
_MBID = r"^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
_LIMITS = {"track_count": (1, 10_000), "track_position": (1, 10_000), "duration_ms": (1, DAY_MS), "inhabitants": (0, 10**10)}
# Codes that MusicBrainz made up: the whole world, Europe, a state that is no more. XK (Kosovo) is in general use.
_NO_COUNTRY = r"^X[A-JL-Z]$"


def loose_schema(table: str) -> dict[str, pl.DataType]:
    """What `checked` takes: every value a text or a list of texts, release_year also as a date, and a reason where there is one."""
    values = {name: dtype if isinstance(dtype, pl.List) else pl.String() for name, dtype in named_schema(table).items()}
    return {"row_number": pl.Int64(), "reason": pl.String(), **values}


def batches_of(rows: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[KnownBatch]:
    """Batches of rows given one by one as (table, loose row), each table's in the order of the file."""
    remaining = iter(rows)
    while chunk := list(islice(remaining, ROWS_PER_BATCH)):
        by_table: dict[str, list[Mapping[str, Any]]] = {}
        for table, row in chunk:
            by_table.setdefault(table, []).append(row)
        for table, found in by_table.items():
            schema = loose_schema(table)
            yield checked(table, pl.DataFrame([[row.get(name) for name in schema] for row in found], schema=schema, orient="row"))


def checked(table: str, loose: pl.DataFrame) -> KnownBatch:
    """Rows of `loose_schema(table)` (columns that are missing say nothing), split into typed rows and rejected ones."""
    schema = named_schema(table)
    empty = [pl.lit(None, dtype).alias(name) for name, dtype in loose_schema(table).items() if name not in loose.columns]
    whole = loose.with_columns(empty).with_columns(
        clean_each(pl.col(name)) if isinstance(dtype, pl.List) else clean(pl.col(name)) for name, dtype in schema.items()
    )
    ids = [name for name in _MBIDS if name in schema]
    whole = whole.with_columns(pl.col(name).str.to_lowercase() for name in ids)
    if "country" in schema:
        country = pl.col("country").str.to_uppercase()
        whole = whole.with_columns(country=pl.when(~country.str.contains(_NO_COUNTRY)).then(country))
    numbers = [name for name in _LIMITS if name in schema]
    typed = whole.with_columns(
        *(pl.col(name).replace("0", None).cast(pl.Int64, strict=False).alias(f"_{name}") for name in numbers if name != "inhabitants"),
        *(pl.col(name).cast(pl.Int64, strict=False).alias(f"_{name}") for name in numbers if name == "inhabitants"),
    )
    reasons = [pl.col("reason"), *(_lacks(name, schema[name]) for name in NAMES[table])]
    reasons += [pl.when(~pl.col(name).str.contains(_MBID)).then(pl.lit("invalid_mbid")) for name in ids]
    if "country" in schema:
        reasons.append(pl.when(~pl.col("country").str.contains("^[A-Z]{2}$")).then(pl.lit("invalid_country")))
    if "release_year" in schema:
        # "0000" is how some say that they do not know.
        year = pl.col("release_year").str.extract(r"^(\d{4})(?:-\d\d){0,2}$").cast(pl.Int64)
        typed = typed.with_columns(_release_year=pl.when(year > 0).then(year))
        is_wrong = pl.col("release_year").is_not_null() & (year.is_null() | ((year > 0) & ~year.is_between(EARLIEST_YEAR, LATEST_YEAR)))
        reasons.append(pl.when(is_wrong).then(pl.lit("invalid_year")))
    for name in numbers:
        value, given = pl.col(f"_{name}"), pl.col(name).is_not_null() & (pl.col(name) != "0")
        reasons.append(pl.when(given & ~value.is_between(*_LIMITS[name]).fill_null(False)).then(pl.lit("invalid_number")))
    judged = typed.with_columns(reason=pl.coalesce(reasons))
    good = judged.filter(pl.col("reason").is_null())
    rows = good.select(
        pl.col(f"_{name}" if f"_{name}" in typed.columns else name).cast(dtype).alias(name) for name, dtype in schema.items()
    )
    name = pl.col(NAMES[table][0])
    rejected = judged.filter(pl.col("reason").is_not_null()).select("row_number", "reason", table=pl.lit(table), name=name)
    return KnownBatch(table, rows, rejected.select(pl.col(column).cast(dtype) for column, dtype in KNOWN_REJECTED.items()))


def _lacks(name: str, dtype: pl.DataType) -> pl.Expr:
    empty = pl.col(name).list.len().fill_null(0) == 0 if isinstance(dtype, pl.List) else pl.col(name).is_null()
    return pl.when(empty).then(pl.lit("missing_name"))
