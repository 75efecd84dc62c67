"""How a text may be read: in one Unicode form, without the escapes that it may have, and where a word of it begins and ends."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

_PIECE = 4 << 20  # characters that are looked at together, with an overlap longer than any name
_OVERLAP = 2_000
_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR")  # no spaces, or endings without one
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


def form_c(text: str) -> str:
    """The text in Unicode's form C."""
    return unicodedata.normalize("NFC", text)


def pieces(text: str) -> Iterator[str]:
    """The text in parts that are looked at together, each with the end of the one before, longer than any name."""
    for start in range(0, max(len(text), 1), _PIECE):
        yield text[max(0, start - _OVERLAP) : start + _PIECE]


def readings_of(text: str) -> Iterator[str]:
    """The text as it stands, and as it reads without the escapes that it may have, in Unicode's form C."""
    yield form_c(text)
    if "\\u" in text:
        yield form_c(_unescaped(text))
    if "&" in text:
        yield form_c(html.unescape(text))
    if "%" in text:
        yield form_c(unquote(text, errors="replace"))


def _unescaped(text: str) -> str:
    plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def stands_alone(text: str, word: str) -> bool:
    """Whether the word stands somewhere with no letter or digit at its ends, in scripts that put spaces between words."""
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        if not (_joins(text[start - 1 : start], word[0]) or _joins(word[-1], text[end : end + 1])):
            return True
        start = text.find(word, start + 1)
    return False


def _joins(one: str, other: str) -> bool:
    """Whether two characters that follow each other belong to one word."""
    return all(each.isalnum() and not unicodedata.name(each, "").startswith(_UNSPACED) for each in (one, other))
