"""Topics and days about which nothing is said: faith, politics, sexuality, health, children, as a policy lists them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date

_DAY = re.compile(r"\d\d-\d\d")


def denied_word(texts: Iterable[str], deny: Iterable[str]) -> str | None:
    """The first word or phrase of the list that stands in one of the texts, as whole words in any spelling of case and accents."""
    said = [f" {_words(text)} " for text in texts]
    return next((each for each in deny if not _DAY.fullmatch(each) and any(f" {_words(each)} " in text for text in said)), None)


def is_denied_day(day: date, deny: Iterable[str]) -> bool:
    """Whether the list has the day as MM-DD."""
    return f"{day:%m-%d}" in deny


def _words(text: str) -> str:
    bare = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    return " ".join(re.findall(r"\w+", bare.casefold()))
