"""An artist's page tells the audience's figures, has no card for what was not computed, and holds names apart from markup."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from wrapped_assets.stories.artist import ArtistData, artist_html, artist_json, artist_text
from wrapped_assets.stories.catalogue import LANGUAGES
from wrapped_assets.stories.columns import columns_of
from wrapped_assets.stories.data import Telling
from wrapped_assets.stories.figures import world
from wrapped_assets.stories.language import english
from wrapped_assets_tests.stories.test_languages import shown, untold
from wrapped_assets_tests.stories.test_page import Outline

CARDS = [
    "artist_totals", "artist_recordings", "artist_journey", "audience_months", "artist_places", "artist_cities", "top_listeners",
    "artist_moments", "artist_finale",
]  # fmt: skip
ROWS = {
    "artist_totals": [{"listener_count": 1200, "listen_count": 9100, "hours": 512.4, "country_count": 31, "previous_listener_count": 800,
                       "previous_listen_count": 5000}],
    "artist_recordings": [{"artist_recording_rank": n, "recording_name": f"Song {n}", "listen_count": 900 - n, "listener_count": 90}
                          for n in range(1, 12)],
    "artist_journey": [{"recording_name": "Song 1", "listen_count": 899, "listener_count": 90, "country_count": 12,
                        "busiest_local_date": "2025-05-02", "busiest_day_listen_count": 41}],
    "journey_weeks": [{"week_date": (date(2024, 12, 30) + timedelta(weeks=n)).isoformat(), "listen_count": n % 7}
                      for n in range(53)],
    "audience_months": [{"month": f"2025-{n:02d}", "listen_count": 90 * n, "listener_count": 30 * n} for n in range(3, 12)],
    "top_listeners": [{"listener_count": 1200, "favourite_count": 75, "super_listener_count": 150, "super_listen_share": 0.503}],
    "artist_moments": [{"moment_rank": 1, "is_weekend": True, "local_hour": 23, "listen_count": 300, "listen_share": 0.1, "lift": 2.5},
                       {"moment_rank": 2, "is_weekend": False, "local_hour": 7, "listen_count": 200, "listen_share": 0.07, "lift": 1.4}],
    "artist_places": [
        {"area_kind": "country", "area_rank": 1, "country": "JP", "place_name": None, "listener_count": 600, "listener_share": 0.6,
         "lift": 4.0},
        {"area_kind": "country", "area_rank": 2, "country": "BR", "place_name": None, "listener_count": 250, "listener_share": 0.25,
         "lift": 1.8},
        {"area_kind": "country", "area_rank": 3, "country": "ZA", "place_name": None, "listener_count": 100, "listener_share": 0.1,
         "lift": 0.9},
        {"area_kind": "country", "area_rank": 4, "country": None, "place_name": None, "listener_count": 50, "listener_share": 0.05,
         "lift": None},
        {"area_kind": "place", "area_rank": 1, "country": "JP", "place_name": "Osaka", "listener_count": 300, "listener_share": 0.3,
         "lift": 6.0},
        {"area_kind": "place", "area_rank": 2, "country": "BR", "place_name": "Porto Alegre", "listener_count": 40,
         "listener_share": 0.04, "lift": 1.1},
    ],
}  # fmt: skip


def artist(locale: str = "en") -> ArtistData:
    return ArtistData("Low Ceiling", 2025, "2025", "default", (date(2025, 1, 1), date(2025, 12, 31)), 20, ROWS, locale)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_insight_has_a_card_in_every_language(language: str) -> None:
    page = artist_html(artist(language))
    assert Outline(page).ids("section") == ["opening", *CARDS, "counted"]
    assert "{" not in shown(page)
    assert max(map(columns_of, artist_text(artist(language)).splitlines())) <= 80


def test_the_sentences_tell_the_figures() -> None:
    told = {name: text.replace("\N{NO-BREAK SPACE}", " ") for name, text in artist_json(artist())["headlines"].items()}
    assert told == {
        "artist_totals": "1,200 listeners heard you 9,100 times.",
        "artist_recordings": "The song of the year: Song 1.",
        "artist_journey": "Song 1 was heard most on 2 May.",
        "audience_months": "November was your month: 330 listeners heard you.",
        "top_listeners": "150 listeners gave 50% of all listens.",
        "artist_moments": "Your hour: weekends 23–00.",
        "artist_places": "Most at home in Japan.",
        "artist_cities": "Your city: Osaka.",
        "artist_finale": "That was 2025.",
    }
    assert "Osaka" in artist_text(artist())


def test_what_has_no_rows_has_no_card() -> None:
    few = replace(artist(), insights={**{name: [] for name in ROWS}, "artist_totals": ROWS["artist_totals"]})
    assert Outline(artist_html(few)).ids("section") == ["opening", "artist_totals", "counted"]
    untold_of = [{**ROWS["top_listeners"][0], "favourite_count": None, "super_listener_count": None, "super_listen_share": None}]
    alone = replace(few, insights={**few.insights, "top_listeners": untold_of, "artist_places": ROWS["artist_places"][3:4]})
    assert list(artist_json(alone)["headlines"]) == ["artist_totals"]


def test_an_insight_without_a_card_of_its_own_reaches_page_text_and_document() -> None:
    rows = [{"artist_name": "Low Ceiling", "place_name": name, "listener_count": count} for name, count in (("Porto", 90), ("Braga", 89))]
    data = artist()
    telling = Telling("{place} waits for you.", "places")
    data = replace(data, insights={**data.insights, "tour_stops": rows}, tellings={"tour_stops": telling})
    assert Outline(artist_html(data)).ids("section") == ["opening", *CARDS, "tour_stops", "counted"]
    assert "Porto waits for you." in artist_text(data)
    assert "Low Ceiling" not in artist_text(data).partition("Porto waits")[2]
    assert artist_json(data)["headlines"]["tour_stops"] == "Porto waits for you."


def test_a_name_is_never_markup_and_nothing_on_the_page_is_no_message() -> None:
    hostile = replace(artist(), name="<script>x</script>")
    assert artist_html(hostile).count("<script>") == 1  # the page's own
    names = {"artist_recordings": "recording_name", "artist_journey": "recording_name", "artist_places": "place_name"}
    rows = {insight: [{**row, **({names[insight]: "東"} if insight in names else {})} for row in found] for insight, found in ROWS.items()}
    pseudo = replace(artist("en-XA"), name="東", rules="東", insights=rows)
    assert untold(shown(artist_html(pseudo))) == []
    assert untold(artist_text(pseudo).replace("\n", " ").replace("  ", " ")) == []


def test_the_document_is_json() -> None:
    document = artist_json(artist("de"))
    assert json.loads(json.dumps(document)) == document
    assert document["minimum_listeners"] == 20


def test_a_month_of_few_listeners_is_not_called_nought() -> None:
    page = artist_html(artist())
    card = page.partition('id="audience_months"')[2].partition("</section>")[0]
    assert card.count(">–</text>") == 12 - len(ROWS["audience_months"])
    assert ">0</text>" not in card
    assert "fewer than 20 listeners" in card


def test_one_city_is_a_fact_and_several_are_a_card() -> None:
    one = replace(artist(), insights={**ROWS, "artist_places": ROWS["artist_places"][:5]})
    assert "artist_cities" not in artist_json(one)["headlines"]
    assert "top city: Osaka" in artist_text(one)


def test_the_audience_compares_with_the_year_before_and_super_listeners_with_everybody() -> None:
    told = artist_text(artist()).replace("\n    ", " ")
    assert "+50% listeners on 2024 · +82% listens on 2024" in told
    assert "13% of your listeners are they" in told


def test_the_map_places_every_country_and_draws_the_larger_audience_larger() -> None:
    placed = {country: (x, y) for country, x, y in reversed(world._places())}
    assert set(english().cldr.territories) & set(placed) == set(placed)
    east = {country: placed[country][0] for country in ("US", "GB", "JP")}
    assert east["US"] < east["GB"] < east["JP"]
    assert placed["NO"][1] < placed["BR"][1] < placed["ZA"][1]
    drawn = world.world([("JP", 0.6), ("BR", 0.15), ("XX", 0.2)], "a map")
    sizes = [float(radius) for radius in re.findall(r"a(\d+(?:\.\d+)?) \d", drawn.partition('class="land"')[2])]
    assert sizes[::2] == [22.0, 13.0]  # a country without a place is left out
