"""How wide a text is where wide characters take two columns, and its lines; one measure for terminals, pictures and headlines."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_NEVER_FIRST = set("、。，．・：；？！）］｝」』】〉》〕ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々…,.;:!?)]}%")  # no line begins with these


def _width(character: str) -> int:
    if unicodedata.combining(character) or character == "\u200d":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def columns_of(text: str) -> int:
    """How many columns the text takes: two for wide characters, none for combining ones."""
    return sum(map(_width, text))


def fitted(text: str, width: int) -> str:
    """The text padded, or cut with an ellipsis, to exactly `width` columns."""
    if columns_of(text) > width:
        while columns_of(text) > width - 1:
            text = text[:-1]
        text += "…"
    return text + " " * (width - columns_of(text))


def _pieces(text: str) -> Iterator[str]:
    """What a line may not break: words, and wide characters with the marks that must not begin a line."""
    piece = ""
    for character in text:
        is_free = _width(character) == 2 or (piece and _width(piece[-1]) == 2)
        if piece and character not in _NEVER_FIRST and (character == " " or piece.endswith(" ") or is_free):
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` columns; a word that is longer than a line is cut into lines."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and columns_of(line + piece.rstrip(" ")) > width:
            lines.append(line.strip(" "))
            line = ""
        line += piece if line else piece.lstrip(" ")
        while columns_of(line) > width:
            cut = next(end for end in range(len(line), 0, -1) if columns_of(line[:end]) <= width)
            lines.append(line[:cut])
            line = line[cut:]
    return [*lines, line.strip(" ")] if line.strip(" ") else lines
