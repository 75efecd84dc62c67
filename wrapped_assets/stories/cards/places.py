"""Cards of where the music is from, and where people listen alike."""

from __future__ import annotations

from collections.abc import Sequence

from wrapped_assets.stories import phrases
from wrapped_assets.stories.cards.card import Card, Ranked, Scale, card, ranking_table
from wrapped_assets.stories.catalogue import message
from wrapped_assets.stories.data import Row, StoryData
from wrapped_assets.stories.headlines import headline
from wrapped_assets.stories.milder import Told, milder


@card("artist_map", place=230, needs=("country", "artist_count"), least_rows=2)
def artist_map(data: StoryData) -> Card | None:
    """The countries of the artists, by artists."""
    told, say = data.language, data.language.say
    rows = [row for row in data.rows("artist_map") if row.get("country") and phrases.number(row.get("artist_count"))]
    if not rows:
        return None
    most = max(row["artist_count"] for row in rows)
    places = tuple(
        Ranked(place, told.country(row["country"]), told.counted(row.get("listen_count"), "listens"), told.count(row["artist_count"]),
               row["artist_count"] / most)
        for place, row in enumerate(rows[:50], 1)
    )  # fmt: skip
    return Card(
        "artist_map", "places", say("Around the world"), headline("artist_map", data), ranked=places[:7],
        table=ranking_table(say("Countries by artists"), places, say("Country"), told, unit=say("Artists"), credit=say("Listens")),
    )  # fmt: skip


@card(
    "sound_town", place=240, beat="people", second_choice=True, needs=("place_name", "artist_name"),
    scale=Scale("town_lift", 1, 4), least_rows=2,
)
def sound_town(data: StoryData) -> Card | None:
    """The place that listens most alike, with the artists that say so."""
    row, told, say = data.first("sound_town"), data.language, data.language.say
    if not row.get("place_name"):
        return None
    artists = [
        (phrases.name(each["artist_name"]), phrases.number(each.get("lift"))) for each in data.rows("sound_town") if each.get("artist_name")
    ]
    artists = sorted(artists, key=lambda each: -(each[1] or 0))
    most = max((lift or 0 for _, lift in artists), default=0) or 1
    places = tuple(
        Ranked(place, name, "", say("{times}×", times=told.tenths(lift)) if lift else "", max(0.0, min(1.0, (lift or 0) / most)))
        for place, (name, lift) in enumerate(artists, 1)
    )
    note = say("How many times as much each of your artists is played there as elsewhere.") if places else ""
    country = told.country(row["chart_country"]) if row.get("chart_country") else ""
    caption = say("Your artists in {place}", place=phrases.name(row["place_name"]))
    return Card(
        "sound_town", "places", say("Sound town"), headline("sound_town", data), ranked=places[:5],
        table=ranking_table(caption, places, say("Artist"), told, unit=say("More than elsewhere")),
        note=" ".join(filter(None, (f"{phrases.name(row['place_name'])}, {country}." if country else "", note))),
    )  # fmt: skip


@milder("artist_map")
def _without_a_first_country(rows: Sequence[Row]) -> Told:
    first, second = (phrases.number(row.get("artist_count")) for row in (*rows, {})[:2])
    if first is None or (first > 1 and first != second):
        return None
    return message("Your artists are from {country_count:countries}."), {"country_count": len(rows)}
