"""Parts of a page that cost more than the rest of it: those that many pages share are made once, and a table is escaped at once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache, partial

from markupsafe import Markup, escape

from wrapped_assets.stories.cards.card import Table
from wrapped_assets.stories.language import Language
from wrapped_assets.stories.templates import template

_SHARED = ("foot_start", "foot_end", "about_start", "about_end", "section_start")  # macros of parts.html
_FIRST, _CELL, _ROW = "\x1d", "\x1f", "\x1e"  # between cells and rows; no name has them, for they are not printable


@lru_cache(8_192)
def _shared(macro: str, told: Language, *given: Hashable) -> Markup:
    return getattr(template("parts.html").module, macro)(told.say, *given)


def shared_parts(told: Language) -> dict[str, Callable[..., Markup]]:
    """The macros of parts.html in one language, by name. What they print is kept by what they are given."""
    return {macro: partial(_shared, macro, told) for macro in _SHARED}


def table(found: Table) -> Markup:
    """The table in a region of its own that scrolls; every row has two cells or more."""
    caption = escape(found.caption)
    columns = "".join(f'<th scope="col">{escape(column)}</th>' for column in found.columns)
    written = _ROW.join([f"{row[0]}{_FIRST}{_CELL.join(row[1:])}" for row in found.rows])
    cells = str(escape(written))  # a Markup would escape the tags between cells too
    body = cells.replace(_FIRST, "</th><td>").replace(_CELL, "</td><td>").replace(_ROW, '</td></tr>\n<tr><th scope="row">')
    rows = f'<tr><th scope="row">{body}</td></tr>\n' if found.rows else ""
    return Markup(  # noqa: S704 (every text is escaped above)
        f'<div class="scroll" role="region" tabindex="0" aria-label="{caption}">\n<table><caption>{caption}</caption>\n'
        f"<thead><tr>{columns}</tr></thead>\n<tbody>\n{rows}</tbody></table>\n</div>\n"
    )
