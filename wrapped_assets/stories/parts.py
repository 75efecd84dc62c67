"""Parts of a page that cost more than the rest of it: those that many pages share are made once, and what repeats is written here.

A template asks an environment for each attribute and each call, which costs a page's rankings, facts and headlines twice their time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from markupsafe import Markup, escape

from wrapped_assets.stories.cards.card import Card, Fact, Table
from wrapped_assets.stories.columns import columns_of
from wrapped_assets.stories.headlines import Part, plain
from wrapped_assets.stories.language import Language
from wrapped_assets.stories.sizes import fact_size, headline_size
from wrapped_assets.stories.templates import template

_SHARED = ("foot_start", "foot_end", "about_start", "about_end", "section_start")  # macros of parts.html
_FIRST, _CELL, _ROW = "\x1d", "\x1f", "\x1e"  # between cells and rows
_UNPRINTABLE = (_FIRST, _CELL, _ROW)
_AS_SPACES = dict.fromkeys(map(ord, _UNPRINTABLE), " ")


@lru_cache(8_192)
def _shared(macro: str, told: Language, *given: Hashable) -> Markup:
    return getattr(template("parts.html").module, macro)(told.say, *given)


def shared_parts(told: Language) -> dict[str, Callable[..., Markup]]:
    """The macros of parts.html in one language, by name. What they print is kept by what they are given."""
    return {macro: partial(_shared, macro, told) for macro in _SHARED}


@dataclass(frozen=True)
class Stop:
    """A card's place on the page: its track, and how far its progress bar is filled."""

    name: str
    label: str
    side: str = ""
    at: int = 1
    of: int = 1
    is_more: bool = False


@lru_cache(16_384)  # labels are those of other pages, and a name stands on several cards
def _escaped(text: str) -> str:
    return str(escape(text))


def contents(stops: Iterable[Stop], is_more: bool) -> Markup:
    """The links to the cards of the story, or to those behind it."""
    links = [f'<li><a href="#{_escaped(stop.name)}">{_escaped(stop.label)}</a></li>\n' for stop in stops if stop.is_more == is_more]
    return Markup(f'<ol role="list">\n{"".join(links)}</ol>\n')  # noqa: S704 (every text is escaped)


def shown_parts(card: Card) -> tuple[Part, ...]:
    """The headline's parts. The card's number is set apart from its noun, to be set large: it stands in the sentence, and only there."""
    if card.headline and card.headline[0].kind == "title":  # its line ends it, without a full stop
        rest = " " + "".join(part.text for part in card.headline[1:]).lstrip(".。 ")
        return (card.headline[0], replace(card.headline[1], text=rest))
    for place, part in enumerate(card.headline):
        before, number, after = part.text.partition(card.number) if card.number and part.kind == "value" else ("", "", "")
        if number and not (before[-1:].isdigit() or after[:1].isdigit()):
            split = (replace(part, text=before), replace(part, text=number, kind="number"), replace(part, text=re.sub(r"^\s+", " ", after)))
            return (*card.headline[:place], *(each for each in split if each.text.strip()), *card.headline[place + 1 :])
    return card.headline


def heading(card: Card, is_bare: bool) -> Markup:
    """The card's headline, its names and values set apart."""
    lang = f' lang="{_escaped(card.lang)}"' if card.lang else ""
    parts = "".join([_escaped(part.text) if part.kind == "text" else _set_apart(part) for part in shown_parts(card)])
    size = headline_size(plain(card.headline), is_bare)
    return Markup(f'<h2 id="{_escaped(card.name)}-title"{lang} class="{size}">{parts}</h2>')  # noqa: S704 (every text is escaped)


def _set_apart(part: Part) -> str:
    length = f' data-length="{columns_of(part.text)}"' if part.kind == "number" else ""
    return f'<bdi class="{part.kind}"{length}>{_escaped(part.text)}</bdi>'


def ranked(card: Card) -> Markup:
    """The card's ranking as a list."""
    places = [
        f'<li style="--share:{each.share:.3f}"><b class="place" aria-hidden="true">{each.place}</b>'
        f'<span class="who"><bdi>{_escaped(each.name)}</bdi>'
        + (f"<small><bdi>{_escaped(each.credit)}</bdi></small></span>" if each.credit else "</span>")
        + (f'<span class="count">{_escaped(each.count)}</span></li>\n' if each.count else "</li>\n")
        for each in card.ranked
    ]
    keys = " keys" if card.figure else ""
    return Markup(f'<ol role="list" class="ranked n{len(places)}{keys}">\n{"".join(places)}</ol>')  # noqa: S704 (every text is escaped)


def facts(found: tuple[Fact, ...]) -> Markup:
    """The card's facts, each with what it is of."""
    written = "".join([_fact(fact.value, fact.label, fact.reads_on) for fact in found])
    return Markup(f'<dl class="facts n{len(found)}">\n{written}</dl>')  # noqa: S704 (every text is escaped)


def _fact(value: str, label: str, reads_on: bool) -> str:
    size = fact_size(value)
    dd = f'<dd class="{size}">' if size else "<dd>"
    return f'<div{" class=" + _ON if reads_on else ""}><dt>{_escaped(label)}</dt>{dd}<bdi>{_escaped(value)}</bdi></dd></div>\n'


_ON = '"on"'


def table(found: Table) -> Markup:
    """The table in a region of its own that scrolls; every row has two cells or more."""
    caption = escape(found.caption)
    columns = "".join(f'<th scope="col">{escape(column)}</th>' for column in found.columns)
    written = _written(found.rows)
    if sum(map(written.count, _UNPRINTABLE)) != sum(map(len, found.rows)) - 1:  # a cell has one too
        written = _written([[cell.translate(_AS_SPACES) for cell in row] for row in found.rows])
    cells = str(escape(written))  # a Markup would escape the tags between cells too
    body = cells.replace(_FIRST, "</th><td>").replace(_CELL, "</td><td>").replace(_ROW, '</td></tr>\n<tr><th scope="row">')
    rows = f'<tr><th scope="row">{body}</td></tr>\n' if found.rows else ""
    return Markup(  # noqa: S704 (every text is escaped above)
        f'<div class="scroll" role="region" tabindex="0" aria-label="{caption}">\n<table><caption>{caption}</caption>\n'
        f"<thead><tr>{columns}</tr></thead>\n<tbody>\n{rows}</tbody></table>\n</div>\n"
    )


def _written(rows: Iterable[Sequence[str]]) -> str:
    return _ROW.join([f"{row[0]}{_FIRST}{_CELL.join(row[1:])}" for row in rows])
