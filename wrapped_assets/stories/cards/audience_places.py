"""Cards of where an artist's listeners live, and of the year's names once more."""

from __future__ import annotations

from collections.abc import Sequence

from wrapped_assets.stories import phrases
from wrapped_assets.stories.artist_data import ArtistData
from wrapped_assets.stories.cards.audience import sentence_parts
from wrapped_assets.stories.cards.card import Card, Ranked, card, facts_of, ranking_table
from wrapped_assets.stories.catalogue import message
from wrapped_assets.stories.data import Row
from wrapped_assets.stories.figures.world import world
from wrapped_assets.stories.headlines import Part
from wrapped_assets.stories.language import Language

LEAST_CITIES, LEAST_NAMES = 2, 2


@card("artist_places", subject="artist", place=45)
def artist_places(data: ArtistData) -> Card | None:
    """The listeners' countries on a map, where a country is known."""
    told, say = data.language, data.language.say
    rows = [row for row in data.rows("artist_places") if row["area_kind"] == "country"]
    if not any(row.get("country") for row in rows):
        return None
    places = _ranked(rows, [told.country(row["country"]) if row.get("country") else say("elsewhere") for row in rows], told)
    headline = sentence_parts(told, message("Most at home in {country}."), country=places[0].name)
    note = say("Of listeners who let their country be known; how much more than everybody's share is beside it.")
    label = say("The listeners’ countries on a map; the largest is {country}.", country=places[0].name)
    figure = world([(row["country"], row["listener_share"]) for row in rows if row.get("country")], label)
    table = ranking_table(say("Listeners by country"), places, say("Country"), told, say("Share"), say("More than elsewhere"))
    cities = _cities(data)
    facts = facts_of((phrases.name(cities[0]["place_name"]), say("top city"))) if 0 < len(cities) < LEAST_CITIES else ()
    return Card("artist_places", "places", say("Places"), headline, ranked=places[:5], figure=figure, facts=facts, table=table, note=note)


@card("artist_places", subject="artist", place=46)
def artist_cities(data: ArtistData) -> Card | None:
    """The listeners' cities, where two or more are known."""
    told, say, rows = data.language, data.language.say, _cities(data)
    if len(rows) < LEAST_CITIES:
        return None
    places = _ranked(rows, [phrases.name(row["place_name"]) for row in rows], told)
    headline = sentence_parts(told, message("Your city: {name}."), name=places[0].name)
    note = say("Of listeners who let their city be known; how much more than everybody's share is beside it.")
    table = ranking_table(say("Listeners by city"), places, say("City"), told, say("Share"), say("More than elsewhere"))
    return Card("artist_cities", "places", say("Top cities"), headline, ranked=places[:5], table=table, note=note)


def _cities(data: ArtistData) -> list[Row]:
    return [row for row in data.rows("artist_places") if row["area_kind"] == "place" and row.get("place_name")]


def _ranked(rows: Sequence[Row], names: Sequence[str], told: Language) -> tuple[Ranked, ...]:
    """Areas by their share of the listeners, each with how much more that is than everybody's."""
    most = max(row["listener_share"] for row in rows)
    return tuple(
        Ranked(place, name, told.say("{factor}× as much", factor=told.tenths(row["lift"])) if row.get("lift") else "",
               told.percent(row["listener_share"]), row["listener_share"] / most)
        for place, (row, name) in enumerate(zip(rows, names, strict=True), 1)
    )  # fmt: skip


@card("artist_recordings", "artist_places", subject="artist", place=900)
def artist_finale(data: ArtistData) -> Card | None:
    """The year's songs and countries once more, together: a card to keep."""
    told, say = data.language, data.language.say
    songs = tuple(phrases.name(row["recording_name"]) for row in data.rows("artist_recordings") if row.get("recording_name"))[:5]
    areas = [row["country"] for row in data.rows("artist_places") if row["area_kind"] == "country" and row.get("country")][:5]
    if len(songs) < LEAST_NAMES or len(areas) < LEAST_NAMES:
        return None
    lists = ((say("Songs"), songs), (say("At home in"), tuple(map(told.country, areas))))
    return Card("artist_finale", "overview", say("Encore"), (Part(say("That was {year}.", year=data.title)),), lists=lists)
