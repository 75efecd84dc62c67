"""How large the words of a card are set, so that they fill it and fit it."""

from __future__ import annotations

from functools import lru_cache

from wrapped_assets.stories.columns import columns_of


@lru_cache(16_384)  # many headlines and facts are those of other pages too
def headline_size(text: str, is_bare: bool = False) -> str:
    """How large a headline is set: by its columns, and so that its longest word fits a line; larger where nothing is drawn under it."""
    columns, longest = columns_of(text), _longest_word(text)
    largest = (("xxl", 44, 10), ("xl", 60, 13)) if is_bare else ()
    for size, most, longest_word in (*largest, ("xl", 28, 15), ("l", 52, 15), ("m", 96, 24)):
        if columns <= most and longest <= longest_word:
            return size
    return "s"


@lru_cache(16_384)
def fact_size(text: str) -> str:
    """How large a fact is set, in the same way; the class of its element."""
    longest = _longest_word(text)
    if longest > 15 or columns_of(text) > 40:
        return "long longer"
    if columns_of(text) > 14 or longest > 12:
        return "long"
    return "short" if longest < 9 else ""


def _longest_word(text: str) -> int:
    """The columns of what no line break may part; scripts without spaces break anywhere."""
    if text.isascii() and text.isprintable():
        return max(map(len, text.split(" ")))
    return max((columns_of(word) for word in text.split(" ") if word.isascii() or columns_of(word) == len(word)), default=0)
