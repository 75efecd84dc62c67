"""Own data as a page for the person themselves: what is stored, what was worked out, who got anything, and what they may ask for."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.faces.embedding import CONTENT_POLICY, with_faces
from wrapped_assets.rights.own_data.sayings import BECAME, CONSENTS, EXPORT_STATES, KEPT, KINDS, PROFILE, RIGHTS, SECTIONS, STANDS
from wrapped_assets.rights.own_data.told import File, Told
from wrapped_assets.rights.own_data.words import Words, words_of
from wrapped_assets.storage import registry
from wrapped_assets.storage.root import Root
from wrapped_assets.stories.cards.card import Card
from wrapped_assets.stories.cards.order import cards_of
from wrapped_assets.stories.data import Counted, StoryData, tellings_of
from wrapped_assets.stories.headlines import plain
from wrapped_assets.stories.phrases import NBSP, local, name, shortened
from wrapped_assets.vocabulary.outcomes import OUTCOMES

__all__ = ["Told", "page_html"]


def page_html(root: Root, told: Told) -> str:
    """The page, in the language that was asked for; links lead to the files beside it and nowhere else."""
    words = words_of(told.locale)
    zone = told.listener.time_zone

    def instant(value: Any) -> str:
        return words.moment(value, zone).replace(NBSP, " ") if value else ""

    page = _template().render(
        policy=CONTENT_POLICY, lang=words.tag, direction=words.cldr.text_direction, say=words.say, told=told, name=name,
        owner=shortened(name(told.listener.name), 60), instant=instant, day=lambda value: words.day(value) if value else "",
        count=words.count, counts=told.counts, rows=told.rows, profile=_profile(told, words, instant), years=_years(root, told, words),
        became=_became(told, words), became_rows=[(year, *found) for year, found in _became(told, words)[1:]],
        span=_span(told, words), rows_of_sources=_sources(told, words), sections=_sections(told, words), kinds=KINDS, stands=STANDS,
        kept_rows=[tuple(words.say(each) for each in row) for row in KEPT], consents=CONSENTS, states=EXPORT_STATES, rights=RIGHTS,
    )  # fmt: skip
    return with_faces(page)


def _profile(told: Told, words: Words, instant: Any) -> list[tuple[str, str]]:
    row = told.rows["profile"][0]
    shown = dict(row) | {"country": words.country(row["country"]) if row["country"] else None}
    shown["restricted_since"] = instant(row["restricted_since"])
    shown["birth_year"] = str(row["birth_year"]) if row["birth_year"] else None
    told_of = [(key, label) for key, label in PROFILE if shown[key] or key != "restricted_since"]
    return [(words.say(label), name(shown[key], words.say("not known"))) for key, label in told_of]


def _span(told: Told, words: Words) -> str:
    if told.span is None:
        return ""
    first, last = (words.day(local(each, told.listener.time_zone)) for each in told.span)
    return words.say("from {first} to {last}", first=first, last=last)


def _sources(told: Told, words: Words) -> list[tuple[str, str, str, str]]:
    return [
        (
            name(row["format"] or row["source"]), words.count(row["play_count"]),
            *(words.day(local(row[key], told.listener.time_zone)) for key in ("first_listened_at", "last_listened_at")),
        )
        for row in told.rows["sources"]
    ]  # fmt: skip


def _became(told: Told, words: Words) -> list[tuple[str, list[str]]]:
    """Years, and what became of the plays in each: rows of the table, newest first."""
    reasons = [*OUTCOMES, "duplicate"]
    head = [(words.say("Year"), [words.say(BECAME[reason]) for reason in reasons])]
    newest_first = sorted(told.outcomes.items(), reverse=True)
    return head + [(str(year), [words.count(found[reason]) for reason in reasons]) for year, found in newest_first]


def _years(root: Root, told: Told, words: Words) -> list[tuple[int, list[tuple[str, str, str, list[str]]]]]:
    """Each year's figures as sentences: (label, sentence, its language where it is not the page's, what it is made of), newest first."""
    editions = registry.editions(root, told.insights)
    graph = project_graph()
    found = []
    for year, insights in sorted(told.insights.items(), reverse=True):
        rules = editions[year].rules
        data = StoryData(
            listener=told.listener.name, year=year, edition=str(year), rules=rules.name, window=(rules.window_start, rules.window_end),
            time_zone=told.listener.time_zone, counted=Counted(told.outcomes.get(year, {}).get(OUTCOMES[0], 0)), insights=insights,
            tellings=tellings_of(each for each in graph.by_key.values() if each.layer == "insights" and each.name in insights),
            locale=told.locale,
        )  # fmt: skip
        found.append((year, [(card.label, plain(card.headline), card.lang, _more(card)) for card in cards_of(data)]))
    return found


def _more(card: Card) -> list[str]:
    """A ranking's places and a card's facts, a line each."""
    ranked = [
        f"{each.place}. {each.name}" + (f" ({each.credit})" if each.credit else "") + (f": {each.count}" if each.count else "")
        for each in card.ranked
    ]
    return ranked + [f"{fact.label}: {fact.value}" for fact in card.facts]


def _sections(told: Told, words: Words) -> list[tuple[str, list[File]]]:
    """The files by what they are, in the order in which a reader may want them."""
    order = list(dict.fromkeys([*SECTIONS, *(table.section for table in told.tables)]))
    return [(words.say(SECTIONS.get(each, each)), found) for each in order if (found := [t for t in told.tables if t.section == each])]


@cache
def _template() -> Template:
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    return environment.get_template("page.html")
