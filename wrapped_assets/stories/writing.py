"""Numbers, days, months and countries as a locale writes them, by CLDR; what is unknown is a dash, and nothing fails."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property, lru_cache, partial
from typing import Any

from babel import Locale, dates, lists, numbers
from babel.localedata import LocaleDataDict, load

from wrapped_assets.stories import phrases
from wrapped_assets.stories.phrases import NBSP

DASH = "–"


class OwnLocale(Locale):
    """A locale over data of its own. Babel resolves aliases in dictionaries that locales share: the first one read would write for all."""

    @cached_property
    def _data(self) -> LocaleDataDict:
        return LocaleDataDict(deepcopy(load(str(self))))


class Writing:
    """How one locale writes; it knows no words but the names that CLDR gives."""

    def __init__(self, cldr: Locale) -> None:
        self.cldr = cldr

    def count(self, value: Any) -> str:
        """A whole number with its thousands grouped; a dash where it is none."""
        found = phrases.number(value)
        return DASH if found is None else self._grouped(math.floor(found + 0.5))

    @cached_property
    def _grouped(self) -> Callable[[int], str]:
        return lru_cache(65_536)(partial(numbers.format_decimal, locale=self.cldr))  # a page writes a thousand, most of them small

    def tenths(self, value: Any) -> str:
        """A number with one decimal."""
        found = phrases.number(value)
        return DASH if found is None else self._tenths(math.floor(found * 10 + 0.5))

    @cached_property
    def _tenths(self) -> Callable[[int], str]:
        return lru_cache(4_096)(lambda tenths: numbers.format_decimal(Decimal(tenths) / 10, "#,##0.0", locale=self.cldr))

    def whole_percent(self, share: float) -> str:
        """A share of 1 in whole per cent."""
        return self._percent(math.floor(share * 100 + 0.5))

    @cached_property
    def _percent(self) -> Callable[[int], str]:
        return lru_cache(4_096)(lambda hundredths: numbers.format_percent(Decimal(hundredths) / 100, locale=self.cldr))

    def change(self, share: float) -> str:
        """A share of 1 by which something grew, in whole per cent with its sign: "+12%", "−3%"; "±0%" for less than half of one."""
        sign = "±" if abs(share) < 0.005 else "+" if share > 0 else "\N{MINUS SIGN}"
        return f"{sign}{self.whole_percent(abs(share))}"

    def day(self, value: Any, year: int | None = None) -> str:
        """A day with its month's name, and with its year unless that is `year`."""
        found = phrases.as_date(value)
        return DASH if found is None else self._of_day(found, found.year == year)

    @cached_property
    def _of_day(self) -> Callable[[date, bool], str]:
        @lru_cache(4_096)
        def written(day: date, is_plain: bool) -> str:
            found = dates.format_skeleton("MMMMd", day, locale=self.cldr) if is_plain else dates.format_date(day, "long", self.cldr)
            return found.replace(" ", NBSP, 1)

        return written

    def span(self, start: date, end: date) -> str:
        """A window of days: what both ends share is said once."""
        return self.day(end) if start == end else self._of_span(start, end)

    @cached_property
    def _of_span(self) -> Callable[[date, date], str]:
        @lru_cache(4_096)
        def written(start: date, end: date) -> str:
            formats = self.cldr.interval_formats
            patterns = formats.get("yMMMMd") or {
                part: [each.replace("MMM", "MMMM") for each in pattern] for part, pattern in formats["yMMMd"].items()
            }
            part = "y" if start.year != end.year else "M" if start.month != end.month else "d"
            ends = (dates.format_date(day, pattern, self.cldr) for day, pattern in zip((start, end), patterns[part], strict=True))
            return "".join(ends).replace("\N{THIN SPACE}", " ")

        return written

    def time(self, value: datetime) -> str:
        """The time of day, on a clock of 24 hours as the small print's clock is."""
        return f"{value:%H:%M}"

    def month(self, value: Any, width: str = "wide") -> str:
        """The month of "YYYY-MM" or of a number; `width` is CLDR's: wide, abbreviated or narrow."""
        found = value if isinstance(value, int) and 1 <= value <= 12 else phrases.month_number(value)
        return self._months(width)[found] if found else DASH

    @cached_property
    def _months(self) -> Callable[[str], dict[int, str]]:
        return lru_cache(lambda width: {month: name.rstrip(".") for month, name in self.cldr.months["stand-alone"][width].items()})

    def weekday(self, value: Any, width: str = "wide") -> str:
        """The name of a weekday, Monday = 1."""
        return self.cldr.days["stand-alone"][width][value - 1] if isinstance(value, int) and 1 <= value <= 7 else DASH

    def country(self, code: Any) -> str:
        """A country's name; its code where CLDR has none."""
        return self.cldr.territories.get(str(code)) or phrases.name(code)

    def listed(self, names: Sequence[str]) -> str:
        """Names as a list in a sentence."""
        written = lists.format_list(list(names), locale=self.cldr) if names else DASH
        before, _, last = written.rpartition(" y ")
        is_i = self.cldr.language == "es" and len(names) > 1 and last == names[-1] and re.match(r"h?i(?![aeo])", last, re.IGNORECASE)
        return f"{before} e {last}" if is_i else written  # Spanish has no "y" before an i
