"""Escapes text that a spreadsheet would run as a formula; every CSV writer uses it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # every command starts with this, and Polars takes half a second
    import polars as pl

# A cell begins at the start of the text, and after a semicolon in locales that separate by it. Full-width signs count, too.
_STARTS = r"(^|;)(\s*)([=+\-@＝＋－＠])"
_FORMULA = re.compile(_STARTS)


def without_formulas(text: str) -> str:
    """Puts an apostrophe before text that a spreadsheet would run; other text is unchanged. Idempotent."""
    return _FORMULA.sub(r"\1\2'\3", text)


def without_formulas_in(texts: pl.Expr) -> pl.Expr:
    """Applies `without_formulas` to a column."""
    return texts.str.replace_all(_STARTS, "${1}${2}'${3}")
