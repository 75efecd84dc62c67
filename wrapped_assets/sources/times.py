"""Reads the times of exports into instants, and says which instants are believable."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import polars as pl

from wrapped_assets.sources.spelled_times import ROUNDED, iso_spelling

Instant = Callable[[pl.Expr], pl.Expr]  # text of a time -> epoch milliseconds, null where it cannot be read

# No service recorded listens before Audioscrobbler (2002); imports with a lost clock fall on 1970.
EARLIEST_MS = int(datetime(2002, 1, 1, tzinfo=UTC).timestamp() * 1000)
# A client's clock may run ahead by its time zone, not by more.
FUTURE_TOLERANCE = timedelta(days=1)
# Numbers from here on are milliseconds or finer (2096 in seconds); ListenBrainz refuses them as well.
FIRST_NON_SECOND = 4e9
# In milliseconds the same bounds: 1e9 to 4e9 would be seconds, from 4e12 on it is a finer unit.
FIRST_SECOND = 1e9


def now() -> datetime:
    """The clock, in one place so that tests can stop it."""
    return datetime.now(UTC)


def latest_ms() -> int:
    """The last believable instant, in epoch milliseconds."""
    return int((now() + FUTURE_TOLERANCE).timestamp() * 1000)


def epoch_seconds(text: pl.Expr) -> pl.Expr:
    """Numbers of seconds; null for another unit, NaN, Infinity, booleans, words, and what a spreadsheet rounded to 1.71456E+09."""
    number = text.str.strip_chars().cast(pl.Float64, strict=False)
    believable = number.is_finite() & (number.abs() < FIRST_NON_SECOND) & ~text.str.contains(f"^{ROUNDED.pattern}")
    return pl.when(believable).then(number * 1000).cast(pl.Int64, strict=False)


def epoch_milliseconds(number: pl.Expr) -> pl.Expr:
    """Integers of milliseconds; null for numbers that are seconds, microseconds or nanoseconds."""
    is_seconds = (number >= int(FIRST_SECOND)) & (number < int(FIRST_NON_SECOND))
    return pl.when(~is_seconds & (number.abs() < int(FIRST_NON_SECOND) * 1000)).then(number)


def iso_utc(text: pl.Expr) -> pl.Expr:
    """ISO 8601 with Z, an offset, "UTC", or nothing (which then is UTC); seconds and their fractions optional, in either case."""
    return text.map_batches(_iso_utc, return_dtype=pl.Int64)


def _iso_utc(texts: pl.Series) -> pl.Series:
    """Reads each text by the first spelling that fits. Each spelling costs a pass, and most files have one of the usual four."""
    found, rest = _by_spellings(texts)
    if len(rest):
        spelled = {text: iso_spelling(text) for text in texts.gather(rest).unique().drop_nulls()}
        again, _ = _by_spellings(texts.gather(rest).replace_strict(spelled, default=None, return_dtype=pl.String))
        found = found.scatter(rest, again)
    return found


def _by_spellings(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The instants, and the places of the texts that no spelling fits."""
    plain = texts.str.strip_chars().str.replace(" ", "T", literal=True)
    found, rest = pl.Series(texts.name, [None], dtype=pl.Int64).new_from_index(0, len(texts)), plain.is_not_null().arg_true()
    for read in _ISO:
        if len(rest):
            found = found.scatter(rest, plain.gather(rest).to_frame("text").select(_milliseconds(read(pl.col("text")))).to_series())
            rest = rest.filter(found.gather(rest).is_null())
    return found, rest


_ISO: tuple[Instant, ...] = (
    lambda text: text.str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", strict=False, time_unit="ms"),
    lambda text: text.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%:z", strict=False, time_unit="ms", time_zone="UTC").dt.replace_time_zone(None),
    lambda text: text.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", strict=False, time_unit="ms"),
    lambda text: text.str.to_datetime("%Y-%m-%dT%H:%M", strict=False, time_unit="ms"),
)


def day_month_name(text: pl.Expr) -> pl.Expr:
    """Last.fm's own spelling, "22 Mar 2021 16:51" or "22 Mar 2021, 16:51", taken as UTC."""
    plain = text.str.strip_chars().str.replace(",", "", literal=True)
    to_the_minute = plain.str.to_datetime("%d %b %Y %H:%M", strict=False, time_unit="ms")
    to_the_second = plain.str.to_datetime("%d %b %Y %H:%M:%S", strict=False, time_unit="ms")
    return _milliseconds(pl.coalesce(to_the_minute, to_the_second))


def any_spelling(text: pl.Expr) -> pl.Expr:
    """Whatever CSV dialects write: seconds, ISO 8601, or a day with its month's name."""
    return pl.coalesce(epoch_seconds(text), iso_utc(text), day_month_name(text))


def _milliseconds(instant: pl.Expr) -> pl.Expr:
    return instant.dt.epoch("ms")
