"""The story as one HTML page that asks the network for nothing. Its one script shows a card at a time; without it the page is whole too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from wrapped_assets.contracts.asset import Subject
from wrapped_assets.faces.embedding import with_faces
from wrapped_assets.stories import counting, palettes, phrases
from wrapped_assets.stories.beside import links_beside
from wrapped_assets.stories.cards.card import Card
from wrapped_assets.stories.cards.habits import minutes_by_day
from wrapped_assets.stories.cards.order import story_of
from wrapped_assets.stories.data import StoryData
from wrapped_assets.stories.figures.record import record
from wrapped_assets.stories.language import Language
from wrapped_assets.stories.parts import Stop, contents, facts, heading, ranked, shared_parts, table
from wrapped_assets.stories.scripts import POLICY_BESIDE, STORY, STORY_WITH_SOUND, policy_of, script
from wrapped_assets.stories.sizes import headline_size
from wrapped_assets.stories.styles import styles
from wrapped_assets.stories.templates import template


def _sides(number: int) -> list[str]:
    """Track numbers as on a record: A1, A2, … and from the middle on B1, B2, …"""
    first = (number + 1) // 2
    return [f"A{place}" for place in range(1, first + 1)] + [f"B{place}" for place in range(1, number - first + 1)]


def _stops(cards: list[Card], told: Language) -> list[Stop]:
    """The opening, the story's cards, those behind it, and the liner notes."""
    story, more = ([card for card in cards if card.is_more is wanted] for wanted in (False, True))
    of = len(story) + (1 if more else 2)
    sides = _sides(len(story))
    return [
        Stop("opening", told.say("Opening"), "", 1, of),
        *(Stop(card.name, card.label, side, at, of) for at, (side, card) in enumerate(zip(sides, story, strict=True), 2)),
        *(Stop(card.name, card.label, f"+{at}", at, len(more), is_more=True) for at, card in enumerate(more, 1)),
        Stop("counted", told.say("How this was counted"), is_more=bool(more)),
    ]


@dataclass(frozen=True)
class Sound:
    """An excerpt of a song as a `data:` address."""

    title: str
    address: str


@dataclass(frozen=True)
class Offered:
    """Files beside the page, by address: the card to share, and of each playlist its title and its formats."""

    card: str = ""
    playlists: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()


@dataclass(frozen=True)
class Frame:
    """All that a page shows, whosever year it tells."""

    language: Language
    name: str
    year: int | str
    kicker: str
    figure: Markup
    figure_note: str
    verdict: str
    cards: list[Card]
    small_print: str
    closing: str
    settings: list[tuple[str, str]]
    ins_and_outs: list[tuple[str, str]]
    told_to: str
    subject: Subject = "listener"
    sounds: Mapping[str, Sound] = field(default_factory=dict)  # by the name of their card
    offered: Offered = Offered()


def frame_html(frame: Frame, folder: str = "") -> str:
    """The page: an opening, the cards, and how it was counted. The same frame gives the same text.

    `folder` is where the page finds the files beside it (`files_beside`), for a listener's page without sound; without one it embeds them.
    """
    told, scripted, cards = frame.language, STORY_WITH_SOUND if frame.sounds else STORY, frame.cards
    stops = _stops(cards, told)
    page = template("page.html").render(
        policy=POLICY_BESIDE if folder else policy_of(scripted),
        script="" if folder else script(scripted),
        beside=links_beside(folder) if folder else {},
        chapters="" if folder else palettes.stylesheet(frame.subject, {"overview", "counted", *(card.chapter for card in cards)}),
        styles="" if folder else styles(),
        frame=frame,
        lang=told.tag,
        direction=told.cldr.text_direction,
        say=told.say,
        placed=zip(cards, stops, stops[1:], stops[2:], strict=False),
        stops=stops,
        headline_size=headline_size,
        heading=heading,
        ranked=ranked,
        facts=facts,
        table=table,
        contents=contents,
        **shared_parts(told),
    )
    return page if folder else with_faces(page, with_bold_text=False)  # titles alone are bold


def story_html(data: StoryData, folder: str = "", sounds: Mapping[str, Sound] | None = None, offered: Offered = Offered()) -> str:
    """A listener's page: a card an insight between the year as a record and the counts behind it all. `folder` is as for `frame_html`.

    `sounds` are excerpts for some of the cards, by name; without them the page makes no sound and may load none.
    """
    cards, say = story_of(data), data.language.say
    days = minutes_by_day(data) or minutes_by_day(data, "listen_count")
    name = phrases.shortened(phrases.name(data.listener, say("Somebody")), 60)
    return frame_html(
        Frame(
            language=data.language,
            name=name,
            year=data.title,
            kicker=say("A year in music"),
            figure=record(days, *data.window, data.year, data.language),
            figure_note=say("One groove a day, clockwise from the top: the longer, the more music.") if cards else "",
            verdict=counting.verdict(data),
            cards=cards,
            small_print=counting.small_print(data),
            closing=say("Every number above comes from one set of listens. These plays went in, and these stayed out."),
            settings=counting.settings(data),
            ins_and_outs=counting.ins_and_outs(data),
            told_to=say("The year of {name}.", name=name),
            offered=offered,
            sounds={card.name: sounds[card.name] for card in cards if sounds and card.name in sounds},
        ),
        folder,
    )
