"""No template can print a sentence that is wrong in number, reads backwards, deflates, or stands over nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from string import Formatter
from typing import Any

import pytest

from wrapped_assets.stories.cards.card import Card
from wrapped_assets.stories.cards.order import cards_of
from wrapped_assets.stories.catalogue import LANGUAGES
from wrapped_assets.stories.counting import ins_and_outs
from wrapped_assets.stories.data import Counted, StoryData, Telling
from wrapped_assets.stories.headlines import headline, plain
from wrapped_assets.stories.language import language_of
from wrapped_assets.stories.nouns import COUNTED, LABELS
from wrapped_assets.stories.page import story_html
from wrapped_assets.stories.phrases import NBSP
from wrapped_assets.stories.terminal import story_text
from wrapped_assets_tests.stories.fictional import fictional, small
from wrapped_assets_tests.stories.fictional_catalogue import fuller
from wrapped_assets_tests.stories.messages import all_messages, headlines

# Forms of a noun that no catalogue lists, because they stand in sentences: other cases.
INFLECTED = {"de": ("Tagen", "Jahren", "Monaten", "Menschen", "Wiedergaben", "Künstlern"), "es": (), "ja": (), "en": (), "ar": ()}
PLURAL_VERBS = {"en": "are|were|have", "de": "sind|waren|haben|stehen", "es": "son|fueron|han|suman|tienen", "ja": "(?!)", "ar": "(?!)"}


def plurals(language: str) -> set[str]:
    """The nouns that stand behind no 1."""
    told = language_of(language)
    forms = {(told.counted(1, noun).split(NBSP)[-1], told.counted(2, noun).split(NBSP)[-1]) for noun in COUNTED}
    forms |= {(told.label(1, noun).split(" ")[-1], told.label(2, noun).split(" ")[-1]) for noun in LABELS if " " not in noun}
    return {many for one, many in forms if one != many and many.isalpha()} | set(INFLECTED[language])


ABOVE_ONE = {"few": 5, "people": 20, "age": 18}  # the least that these count


def of_one(template: str, language: str) -> str:
    """The sentence where everything that can be counted is 1: filled as a headline where it names columns, else as a message."""
    told, names = language_of(language), {field for _, field, _, _ in Formatter().parse(template) if field}
    row: dict[str, Any] = {
        name: "Salt" if name in ("recording", "artist", "name", "one", "other") else ABOVE_ONE.get(name, 1) for name in names
    }
    if template in headlines() or any("_" in name for name in names):
        row |= {f"{name}_name": value for name, value in row.items() if value == "Salt"}
        data = replace(fictional(), locale=language, insights={"night_train": [row]}, tellings={"night_train": Telling(template)})
        return plain(headline("night_train", data)).replace(NBSP, " ")
    counted = {"listeners": told.counted(1, "listeners"), "times": told.counted(1, "times"), "value": told.percent(0.01)}
    counted |= {"share": told.percent(0.01), "rank": "–", "factor": told.tenths(1.5)}
    return told.say(template, **{name: counted.get(name, row[name]) for name in names}).replace(NBSP, " ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_prints_1_with_a_plural(language: str) -> None:
    many, verbs = "|".join(sorted(plurals(language), key=len, reverse=True)) or "(?!)", PLURAL_VERBS[language]
    wrong = re.compile(rf"\b1 (?:\w+ )?(?:{many})\b|\b1 \w+ (?:{verbs})\b")
    milder = {"{new_artist_count} artists were new to you.", "{new_recording_count} songs were new to you."}  # of 1 another is told
    told = {text: of_one(text, language) for text in sorted(all_messages() - milder)}
    assert {text: sentence for text, sentence in told.items() if wrong.search(sentence)} == {}


def with_row(insight: str, **values: Any) -> StoryData:
    data = fuller()
    return replace(data, insights={**data.insights, insight: [{**data.insights[insight][0], **values}, *data.insights[insight][1:]]})


def sentence(data: StoryData, insight: str) -> str:
    return plain(headline(insight, data)).replace(NBSP, " ")


@pytest.mark.parametrize(
    ("insight", "values", "text"),
    [
        ("recording_story", {"best_day_listen_count": 1}, "Lantern Season, month by month."),
        ("recording_story", {"best_day_listen_count": 3}, "Lantern Season, 3 times on 2 March alone."),
        ("discoveries", {"new_artist_count": 1}, "One artist was new to you."),
        ("discoveries", {"new_artist_count": 0, "new_recording_count": 1}, "One song was new to you."),
        ("discoveries", {"new_artist_count": 0, "new_recording_count": 9}, "9 songs were new to you."),
        ("variety", {"top_artist_share": 0.031}, "No artist had more than 4% of your listens."),
        ("variety", {"top_artist_share": 0.21}, "21% of your listens were Marrow & Pine."),
        ("minutes_rank", {"minutes_rank_share": 0.1201}, "By minutes you are among the first 13% of 50,000 listeners."),
        ("fan_rank", {"fan_share": 0.2}, "You are among the first 20% of Marrow & Pine's 3,400 listeners."),
        ("artist_map", {"artist_count": 106}, "Your artists are from 8 countries."),  # as many as the second country's
        ("artist_map", {}, "United Kingdom sent you the most artists: 120."),
    ],
)
def test_a_weak_first_row_is_told_mildly(insight: str, values: dict[str, Any], text: str) -> None:
    assert sentence(with_row(insight, **values), insight) == text


@pytest.mark.parametrize(("insight", "column"), [("fan_rank", "fan_share"), ("minutes_rank", "minutes_rank_share")])
def test_a_rank_behind_the_first_quarter_has_no_card(insight: str, column: str) -> None:
    assert insight in names(with_row(insight, **{column: 0.25}))
    assert insight not in names(with_row(insight, **{column: 0.517}))


def names(data: StoryData) -> list[str]:
    return [card.name for card in cards_of(data)]


ONE_ROW = (
    "top_artists",
    "top_genres",
    "top_release_groups",
    "artist_map",
    "top_discoveries",
    "missed_recordings",
    "new_releases",
    "top_shows",
)


def cut(data: StoryData, length: int) -> StoryData:
    return replace(data, insights={name: rows[:length] for name, rows in data.insights.items()})


def test_a_ranking_of_one_is_none() -> None:
    alone = cut(fuller(), 1)
    assert not set(ONE_ROW) & set(names(alone))
    assert [card.name for card in cards_of(alone) if len(card.ranked) == 1] == []
    assert {"loyalty", "early_listener", "similar_listeners", "comebacks"} <= set(names(alone))  # told by facts


@pytest.mark.parametrize("data", [fuller(), cut(fuller(), 1), cut(fuller(), 2), small()], ids=["full", "one row", "two rows", "small"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_headline_of_a_text_stands_over_nothing(data: StoryData, language: str) -> None:
    blocks = story_text(replace(data, locale=language)).split("\n\n")[1:-1]
    made = [card for card in cards_of(replace(data, locale=language)) if not (card.continues or card.quiz)]
    bare = [plain(card.headline) for card in made if not (card.series or card.ranked or card.facts or card.in_text or has_value(card))]
    assert bare == []
    assert len(blocks) >= len(made)


def has_value(card: Card) -> bool:
    return any(part.kind != "text" for part in card.headline)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_factor_says_of_what_and_a_share_is_never_above_one(language: str) -> None:
    for card in cards_of(replace(fuller(), locale=language)):
        assert [fact for fact in card.facts if re.fullmatch(r"[\d.,]+\s?×", fact.value)] == []
        written = [*(fact.value for fact in card.facts), *(each.count for each in card.ranked), plain(card.headline)]
        assert [text for text in written for share in re.findall(r"(\d+)\s?%", text) if int(share) > 100] == []


def test_facts_are_read_in_the_order_of_their_sentence() -> None:
    text = story_text(fuller()).replace("\n   ", "").replace(NBSP, " ")
    for told in (
        "64% of listens were repeats",
        "12% of plays skipped",
        "56 days in a row, from 31 May",
        "× as much as on your average day",
    ):
        assert told in text


def test_a_number_stands_on_one_card_alone() -> None:
    found = {card.name: card for card in cards_of(fuller())}
    assert {each.count for each in found["artist_race"].ranked} == {""}  # the ranking of artists has them
    assert {each.count for each in found["loyalty"].ranked} == {""}
    assert "17 times" not in str(found["most_replayed_day"].facts)
    fullest = fuller().first("busiest_day")["local_date"]
    days = [
        {"day_kind": kind, "local_date": day, "day_figure": figure}
        for kind, day, figure in (
            ("most_minutes", fullest, 702.5),
            ("oldest_music", "2025-04-11", 1974.0),
            ("unlike_the_year", "2025-05-11", 0.9),
        )
    ]
    told = next(
        card
        for card in cards_of(replace(fuller(), insights={**fuller().insights, "remarkable_days": days}))
        if card.name == "remarkable_days"
    )
    assert fullest not in str(told.facts)
    assert len(told.facts) == 2


def test_genres_of_the_same_hours_have_no_hours_of_their_own() -> None:
    rows = [{"genre_name": name, "day_part": part, "genre_listens": listens} for name in ("folk", "jazz")
            for part, listens in (("morning", 2), ("evening", 9))]  # fmt: skip
    assert "genre_clock" not in names(replace(fuller(), insights={**fuller().insights, "genre_clock": rows}))


def test_what_follows_a_card_that_is_left_out_is_left_out_too() -> None:
    once = [{**row, "listen_count": 1} for row in fuller().insights["top_recordings"]]
    told = names(replace(fuller(), insights={**fuller().insights, "top_recordings": once}))
    assert not {"top_song", "top_recordings", "recording_story"} & set(told)
    assert "top_artists" in told
    story = {"recording_story": [{**fuller().insights["recording_story"][0], "best_day_listen_count": 1}],
             "recording_story_months": [{"recording_name": "Salt", "month": "2025-02", "listen_count": 2}]}  # fmt: skip
    assert not {"recording_story", "recording_story_months"} & set(names(replace(fuller(), insights={**fuller().insights, **story})))


def test_a_year_of_one_month_has_no_race_and_one_of_few_days_no_average() -> None:
    race = [{**row, "cumulative_listen_count": 10 - row["artist_id"]} for row in fuller().insights["artist_race"]]
    totals = [{**fuller().insights["listening_totals"][0], "active_day_count": 7}]
    data = replace(fuller(), insights={**fuller().insights, "artist_race": race, "listening_totals": totals})
    assert "artist_race" not in names(data)
    assert "average day" not in story_text(data).replace("\n    ", " ")


def test_one_day_that_stood_out_has_its_own_card_alone() -> None:
    days = [{"day_kind": "oldest_music", "local_date": "2025-04-11", "day_figure": 1974.25}]
    told = names(replace(fuller(), insights={**fuller().insights, "remarkable_days": days}))
    assert "hours_of_days" in told
    assert "remarkable_days" not in told


def test_a_day_with_one_new_artist_does_not_stand_out() -> None:
    days = [
        {"day_kind": kind, "local_date": "2025-04-11", "day_figure": figure}
        for kind, figure in (("most_new_artists", 1), ("most_repeats", 2))
    ]
    assert "remarkable_days" not in names(replace(fuller(), insights={**fuller().insights, "remarkable_days": days}))


def test_a_year_in_which_every_artist_is_new_calls_nothing_new() -> None:
    new = with_row("discoveries", new_artist_count=614)
    assert not {"discoveries", "top_discoveries"} & set(names(new))
    assert "too little is known from before" in story_html(new)


def test_a_small_edition_tells_its_song() -> None:
    assert "Your song of the year: Lantern Season, 174 listens." in story_text(small())
    rows = {**small().insights, "top_recordings": [{"recording_name": "Salt", "listen_count": 1}]}
    assert "Your year began with Night Bus to Ostrava." in story_text(replace(small(), insights=rows))
    assert "top_song" not in names(replace(small(), insights=rows))


def test_a_page_made_to_share_names_no_reader_and_no_paper() -> None:
    page = story_html(fuller())
    assert "alone.</span>" not in page
    assert "darker" not in page  # cards of the inverse palette are dark where others are light


def test_a_club_says_which_genres_lead_to_it() -> None:
    club = next(card for card in cards_of(fuller()) if card.name == "clubs")
    assert ("its genres", "ambient and downtempo") in [(fact.label, fact.value) for fact in club.facts]


def test_german_has_one_word_for_an_artist_and_for_the_rules() -> None:
    german = language_of("de")
    assert {text for text in all_messages() if re.search(r"Künstler|Artist", german.template(text))} == set()
    assert "Regeln: Standard" in story_html(replace(fuller(), locale="de"))


def test_a_year_of_private_plays_or_podcasts_is_not_called_silent() -> None:
    nothing = replace(fictional(), counted=Counted(0, 0, {"private": 60}), insights={})
    assert "never touched the groove" in story_text(nothing)
    totals = {"minutes": 200.0, "listen_count": 0, "recording_count": 0, "artist_count": 0, "active_day_count": 0, "play_count": 60}
    told = story_text(replace(nothing, insights={"listening_totals": [totals]}))
    assert "groove" not in told
    assert "60 plays" in told
    assert not re.search(r"\b0 (songs|artists|days)", told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_small_print_counts_one_in_the_singular(language: str) -> None:
    said = [
        [label for label, _ in ins_and_outs(replace(fictional(), locale=language, counted=Counted(n, n, {"duplicate": n})))] for n in (1, 2)
    ]
    assert [one == many for one, many in zip(*said, strict=True)] == [language == "ja"] * 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_says_a_word_twice_in_a_row(language: str) -> None:
    """A value that names its noun stands beside a label that does not."""
    told = story_text(replace(fuller(), locale=language)).replace(NBSP, " ")
    assert re.findall(r"(?:\b|(?<=[ぁ-鿿]))([^\W\d]{2,}) \1", told) == []
