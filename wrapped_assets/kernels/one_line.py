"""Makes names safe to print: one line, no control or bidirectional characters, every character encodable."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # every command starts with this, and Polars takes half a second
    import polars as pl

# Controls, line separators, bidirectional controls, zero-width space, byte order mark, non-characters that XML forbids.
# The zero-width joiners stay: emoji and several scripts need them.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff]+")
_SURROGATES = re.compile("[\ud800-\udfff]")


def one_line(text: object) -> str:
    """Returns the text on one line with single spaces; empty for None or if nothing printable is left."""
    if text is None:
        return ""
    if isinstance(text, str) and text.isascii() and text.isprintable():  # nearly every name
        return " ".join(text.split()) if " " in text else text
    printable = _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", _UNPRINTABLE.sub(" ", str(text)))
    return " ".join(printable.split())


def one_line_in(texts: pl.Expr) -> pl.Expr:
    """Applies `one_line` to a column; nulls stay null."""
    return texts.str.replace_all(_UNPRINTABLE.pattern, " ").str.replace_all(r"\s+", " ").str.strip_chars()
