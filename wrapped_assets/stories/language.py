"""What a story says, in one language: messages with their placeholders filled by what was computed, and nothing else."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable
from functools import cache, cached_property, lru_cache
from string import Formatter
from typing import Any

from babel import negotiate_locale

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.stories import phrases
from wrapped_assets.stories.catalogue import LANGUAGES, PSEUDO, known, translations
from wrapped_assets.stories.nouns import COUNTED, LABELS
from wrapped_assets.stories.phrases import NBSP
from wrapped_assets.stories.writing import DASH, OwnLocale, Writing

# English is that of these pages: days before months, clocks of 24 hours. The pseudo-locale borrows names that have no Latin letter.
_CLDR = {"en": "en_GB", PSEUDO: "ja"}


class Language(Writing):
    """One language: its words by catalogue, its numbers and days by CLDR."""

    def __init__(self, tag: str) -> None:
        super().__init__(OwnLocale.parse(_CLDR.get(tag, tag)))
        self.tag = tag
        self._translations = translations(tag)
        self._said: dict[str, str] = {}  # messages without values, of which a page has a hundred

    def knows(self, text: str) -> bool:
        """Whether the message can be said in this language."""
        return self.tag in _CLDR or text in known(self.tag)

    def template(self, text: str) -> str:
        """The message in this language, its placeholders unfilled."""
        return self._translations.gettext(text) if text else ""

    def say(self, text: str, **values: Any) -> str:
        """The message with its values; the whole sentence in English where this language has none for it."""
        if not values and text in self._said:
            return self._said[text]
        if not self.knows(text):
            return english().say(text, **values)
        said = "".join([
            f"{literal}{self.value(values[field], spec or '')}" if field else literal for literal, field, spec in self.parsed(text)
        ])
        if not values:
            self._said[text] = said
        return said

    def word(self, value: Any) -> str:
        """A word of a closed list in this language; as it stands where the language has none for it."""
        text = phrases.name(value)
        return self.template(text) if self.knows(text) else text

    def pieces(self, text: str) -> list[tuple[str, str]]:
        """The message in its parts: text, and the placeholder behind it; for a caller that sets names apart."""
        return [(literal, field or "") for literal, field, _ in self.parsed(text)]

    @cached_property
    def parsed(self) -> Callable[[str], list[tuple[str, str | None, str | None]]]:
        """A message's literal texts, each with the placeholder behind it and what that is counted as."""

        @lru_cache(4_096)
        def parsed(text: str) -> list[tuple[str, str | None, str | None]]:
            return [(literal, field, spec) for literal, field, spec, _ in Formatter().parse(self.template(text))]

        return parsed

    def value(self, value: Any, spec: str) -> str:
        """A placeholder's value: counted with the noun that `spec` names, as a duration or a day, or as it stands."""
        if spec in COUNTED:
            return self.counted(value, spec)
        if spec == "duration":
            return self.duration(value)
        if spec == "percent":
            return self.percent(value)
        return self.count(value) if phrases.number(value) is not None else phrases.name(value)

    def _plural(self, forms: tuple[str, str], value: Any) -> str:
        found = phrases.number(value)
        return self._translations.ngettext(*forms, 2 if found is None else abs(math.floor(found + 0.5)))

    def counted(self, value: Any, noun: str) -> str:
        """A number and its noun in the right form: "1 listen", "2,000 listens"."""
        return self._plural(COUNTED[noun], value).replace(" ", NBSP).replace("{number}", self.count(value))

    def label(self, value: Any, noun: str) -> str:
        """The noun alone, in the form that agrees with the number above it."""
        return self._plural(LABELS[noun], value)

    def percent(self, share: Any) -> str:
        """A share of 1 in per cent; what is there but rounds to nothing is "under 1%"."""
        found = phrases.number(share)
        if found is None:
            return DASH
        return self.say("under {share}", share=self.whole_percent(0.01)) if 0 < found < 0.005 else self.whole_percent(found)

    def duration(self, minutes: Any) -> str:
        """Minutes as "42 min", "1 h 12 min" or, from two days up, "33 days 11 h"."""
        found = phrases.number(minutes)
        if found is None:
            return DASH
        hours, rest = divmod(max(0, math.floor(found + 0.5)), 60)
        days, over = divmod(hours, 24)
        if hours >= 48:
            written = self.say("{days} {hours} h", days=self.counted(days, "days"), hours=over) if over else self.counted(days, "days")
        elif hours:
            written = self.say("{hours} h {minutes} min", hours=hours, minutes=rest) if rest else self.say("{hours} h", hours=hours)
        else:
            written = self.say("{minutes} min", minutes=rest)
        return re.sub(r"(?<=\d) (?=[^\d\s])", NBSP, written)

    def moment(self, value: Any, time_zone: str, year: int | None = None) -> str:
        """An instant as a day and a time of the listener's clock."""
        found = phrases.local(value, time_zone)
        return self.say("{day}, {time}", day=self.day(found, year), time=self.time(found)) if found else DASH


@cache
def language_of(tag: str) -> Language:
    """The language of a tag. InputError where there is no catalogue for it."""
    if tag not in (*LANGUAGES, PSEUDO):
        raise InputError(f"unknown story language {tag!r}; known are {', '.join(LANGUAGES)}")
    return Language(tag)


def english() -> Language:
    """The language of the messages' ids."""
    return language_of("en")


def spoken(wanted: Iterable[str], otherwise: str = "en", among: Collection[str] = LANGUAGES) -> str:
    """The first wanted tag whose language has a catalogue and is `among` these, "de" for "de-AT"; `otherwise` where none is."""
    return negotiate_locale([each.strip().replace("-", "_") for each in wanted], among) or otherwise


def accepted(header: str) -> list[str]:
    """The tags of an Accept-Language header, most wanted first; what is not understood is left out."""
    weighed: list[tuple[float, int, str]] = []
    for place, part in enumerate(header[:500].split(",")):
        tag, _, weight = part.strip().partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            continue
        if tag and 0 < quality <= 1:
            weighed.append((-quality, place, tag.strip()))
    return [tag for _, _, tag in sorted(weighed)]
