"""The story as one HTML page that asks the network for nothing and runs no script."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from wrapped_assets.stories import counting, palettes, phrases
from wrapped_assets.stories.cards.habits import minutes_by_day
from wrapped_assets.stories.cards.order import cards_of
from wrapped_assets.stories.columns import columns_of
from wrapped_assets.stories.data import StoryData
from wrapped_assets.stories.figures.record import record
from wrapped_assets.stories.headlines import plain

CONTENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


@cache
def template(name: str) -> Template:
    """A template of this folder; what it prints is escaped, and what it does not know is an error."""
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    return environment.get_template(name)


def _sides(number: int) -> list[str]:
    """Track numbers as on a record: A1, A2, … and from the middle on B1, B2, …"""
    first = (number + 1) // 2
    return [f"A{place}" for place in range(1, first + 1)] + [f"B{place}" for place in range(1, number - first + 1)]


def headline_size(text: str) -> str:
    """How large a headline is set, by its columns."""
    columns = columns_of(text)
    return "xl" if columns <= 28 else "l" if columns <= 52 else "m" if columns <= 96 else "s"


def story_html(data: StoryData) -> str:
    """The page: an opening, a card an insight, and how it was counted. The same data gives the same text."""
    cards, told = cards_of(data), data.language
    days = minutes_by_day(data) or minutes_by_day(data, "listen_count")
    return template("page.html").render(
        policy=CONTENT_POLICY,
        lang=told.tag,
        direction=told.cldr.text_direction,
        say=told.say,
        chapters=palettes.stylesheet(),
        listener=phrases.shortened(phrases.name(data.listener, told.say("Somebody")), 60),
        year=data.year,
        record=record(days, *data.window, data.year, told),
        cards=list(zip(_sides(len(cards)), cards, strict=True)),
        small_print=counting.small_print(data),
        settings=counting.settings(data),
        ins_and_outs=counting.ins_and_outs(data),
        verdict=counting.verdict(data),
        plain=plain,
        headline_size=headline_size,
        columns_of=columns_of,
    )
