"""The styles of cards and figures."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path


@cache
def styles() -> str:
    """The styles of cards and figures without their comments."""
    written = "".join((Path(__file__).parent / name).read_text(encoding="utf-8") for name in ("page.css", "figures.css"))
    return re.sub(r"\s*\n\s*", "\n", re.sub(r"/\*.*?\*/", "", written, flags=re.DOTALL)).strip()
