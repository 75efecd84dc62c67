"""Months, years, edition windows and cells: how time and listeners are partitioned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import total_ordering
from typing import Literal, NamedTuple

FIRST_YEAR = 2002  # no service recorded listens before; earlier times come from broken clocks

CellKind = Literal["month_bucket", "year_bucket", "year", "span_bucket"]


@total_ordering
@dataclass(frozen=True)
class Month:
    """One calendar month, printed as YYYY-MM."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """Parses a month written as YYYY-MM. ValueError for anything else."""
        year, separator, number = text.partition("-")
        if not (separator and len(year) == 4 and len(number) == 2 and year.isdecimal() and number.isdecimal() and 1 <= int(number) <= 12):
            raise ValueError(f"expected a month as YYYY-MM, got {text!r}")
        return cls(int(year), int(number))

    @classmethod
    def of(cls, day: date) -> Month:
        """The month that contains `day`."""
        return cls(day.year, day.month)

    @classmethod
    def numbered(cls, ordinal: int) -> Month:
        """The month with this `ordinal`."""
        return cls(ordinal // 12, ordinal % 12 + 1)

    @property
    def ordinal(self) -> int:
        """A number that grows by one each month."""
        return self.year * 12 + self.number - 1

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    def __lt__(self, other: Month) -> bool:
        return (self.year, self.number) < (other.year, other.number)

    def shift(self, months: int) -> Month:
        """The month that is `months` later, or earlier if negative."""
        return Month.numbered(self.ordinal + months)

    @property
    def first_day(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        return self.shift(1).first_day - timedelta(days=1)


def months_of(year: int) -> list[Month]:
    """The twelve months of a year."""
    return [Month(year, number) for number in range(1, 13)]


def months_between(first: Month, last: Month) -> Iterator[Month]:
    """Every month from `first` to `last`, both inclusive."""
    while first <= last:
        yield first
        first = first.shift(1)


def period_year(period: str) -> int:
    """The year of a period written as YYYY or YYYY-MM; of a span, YYYY-MM..YYYY-MM, the year of its last month, by which it is told."""
    return int(period[-7:-3] if is_span(period) else period[:4])


def is_span(period: str) -> bool:
    """Whether a cell's period is a span of months (`vocabulary.spans`)."""
    return ".." in period


def is_month(period: str) -> bool:
    """Whether a cell's period is a month."""
    return len(period) == len("YYYY-MM")


def years_of(period: str) -> tuple[int, ...]:
    """The years whose editions decide a period: its own, or those of a span's first and last month."""
    return tuple(sorted({int(period[:4]), period_year(period)}))


class Cell(NamedTuple):
    """The unit of storage: an asset's rows of one period and one bucket of listeners (None: all listeners).

    A period is a month, a year or a span of months.
    """

    asset: str
    period: str
    bucket: int | None

    @property
    def partition(self) -> str:
        """The partition key: `YYYY-MM|bNNN`, `YYYY|bNNN`, `YYYY` or `YYYY-MM..YYYY-MM|bNNN`."""
        return self.period if self.bucket is None else f"{self.period}|b{self.bucket:03d}"

    def __str__(self) -> str:
        return f"{self.asset} {self.partition}"


def is_of_edition(cell: Cell, year: int) -> bool:
    """Whether a cell belongs to a year's edition, which is made of its months and the year; spans are of none."""
    return not is_span(cell.period) and period_year(cell.period) == year
