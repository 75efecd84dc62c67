"""How a text may be read: in one Unicode form, without the escapes that it may have, and where a word of it begins and ends."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote_plus

_PIECE = 4 << 20  # characters that are looked at together, with an overlap longer than any name
_OVERLAP = 8_000
_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR")  # no spaces, or endings without one
_ESCAPED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|([\"'/\\nrtbf]))")
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_OF_AN_ADDRESS, _OF_A_FORM = re.compile("%[0-9a-fA-F]{2}"), re.compile(r"=[\w.~-]+\+")  # a form has + for a space
_DEEPEST = 4  # escapes inside of escapes


def form_c(text: str) -> str:
    """The text in Unicode's form C."""
    return unicodedata.normalize("NFC", text)


def pieces(text: str) -> Iterator[str]:
    """The text in parts that are looked at together, each with the end of the one before, longer than any name."""
    for start in range(0, max(len(text), 1), _PIECE):
        yield text[max(0, start - _OVERLAP) : start + _PIECE]


def readings_of(text: str) -> Iterator[str]:
    """The text as it stands, and as it reads without the escapes that it may have, in Unicode's form C.

    Escapes of each kind are undone alone, and those of all kinds together, as often as they stand inside of each other.
    """
    yield form_c(text)
    alone = [plain for undo in _UNDOES if (plain := undo(text)) != text]
    yield from map(form_c, alone)
    if not alone:
        return
    text = alone[0] if len(alone) == 1 else _undone(text)
    for _ in range(_DEEPEST):
        yield form_c(text)
        before, text = text, _undone(text)
        if text == before:
            return


def _undone(text: str) -> str:
    for undo in _UNDOES:
        text = undo(text)
    return text


def _unescaped(text: str) -> str:
    """The text without the backslashes of JSON, JavaScript and Python."""
    if "\\" not in text:
        return text
    plain = _ESCAPED.sub(_character, text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _character(found: re.Match[str]) -> str:
    if found[4]:
        return _CONTROLS.get(found[4], found[4])
    code = int(found[1] or found[2] or found[3], 16)
    return chr(code) if code <= 0x10FFFF else found[0]


def _unquoted(text: str) -> str:
    """The text without the escapes of addresses and forms."""
    return unquote_plus(text, errors="replace") if _OF_AN_ADDRESS.search(text) or ("+" in text and _OF_A_FORM.search(text)) else text


_UNDOES = (_unescaped, html.unescape, _unquoted)


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
