"""A text made harmless for a spreadsheet, which runs whatever looks like a formula: the one guard of every CSV that is written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # every command starts with this, and Polars takes half a second
    import polars as pl

# A cell begins where the text does, and after a semicolon where a spreadsheet's locale separates by these. The wide signs count, too.
_STARTS = r"(^|;)(\s*)([=+\-@＝＋－＠])"
_FORMULA = re.compile(_STARTS)


def without_formulas(text: str) -> str:
    """The text with an apostrophe before whatever a spreadsheet would run; other text unchanged. Twice is once."""
    return _FORMULA.sub(r"\1\2'\3", text)


def without_formulas_in(texts: pl.Expr) -> pl.Expr:
    """The same for a column."""
    return texts.str.replace_all(_STARTS, "${1}${2}'${3}")
