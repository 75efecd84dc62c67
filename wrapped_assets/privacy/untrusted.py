"""Texts of unknown origin, made harmless for files that other programs open."""

from __future__ import annotations

import unicodedata

from wrapped_assets.kernels.formulas import without_formulas
from wrapped_assets.kernels.one_line import one_line

LONGEST = 200


def harmless(text: str, longest: int = LONGEST) -> str:
    """One normalised line (NFC) without control or direction-changing characters, cut with an ellipsis."""
    line = one_line(unicodedata.normalize("NFC", text))
    return line if len(line) <= longest else line[: longest - 1] + "…"


def in_a_cell(text: str) -> str:
    """The text for a CSV cell: a spreadsheet must not take it for a formula."""
    return without_formulas(harmless(text))
