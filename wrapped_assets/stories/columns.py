"""How wide a text is where wide characters take two columns, and its lines; one measure for terminals, pictures and headlines."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from rich.cells import cell_len, split_graphemes

_UNICODE = "latest"  # not the terminal's version: the same text has the same lines everywhere
_NEVER_FIRST = set("、。，．・：；？！）］｝」』】〉》〕ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々…,.;:!?)]}%")  # no line begins with these


def columns_of(text: str) -> int:
    """How many columns the text takes: two for wide characters and pictographs, none for combining ones."""
    return len(text) if text.isascii() and text.isprintable() else cell_len(text, _UNICODE)


def _graphemes(text: str) -> Iterator[tuple[str, int]]:
    """What a reader sees as one character, and its columns."""
    yield from ((text[start:end], width) for start, end, width in split_graphemes(text, _UNICODE)[0])


def _head(text: str, width: int) -> str:
    """The longest beginning of whole characters that takes at most `width` columns."""
    found = list(_graphemes(text))
    ends = accumulate(columns for _, columns in found)
    return "".join(part for (part, _), end in zip(found, ends, strict=True) if end <= width)


def fitted(text: str, width: int) -> str:
    """The text padded, or cut with an ellipsis, to exactly `width` columns."""
    if columns_of(text) > width:
        text = _head(text, width - 1) + "…"
    return text + " " * (width - columns_of(text))


def _pieces(text: str) -> Iterator[str]:
    """What a line may not break: words, and wide characters with the marks that must not begin a line."""
    piece, before = "", 0
    for character, columns in _graphemes(text):
        is_free = columns == 2 or before == 2
        if piece and character not in _NEVER_FIRST and (character == " " or piece.endswith(" ") or is_free):
            yield piece
            piece = ""
        piece, before = piece + character, columns
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
        while columns_of(line.rstrip(" ")) > width:  # a space at the end of a line takes none of it
            cut = len(_head(line, width)) or 1
            lines.append(line[:cut])
            line = line[cut:]
    return [*lines, line.strip(" ")] if line.strip(" ") else lines
