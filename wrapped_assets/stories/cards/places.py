"""Cards of where the music is from, and where people listen alike."""

from __future__ import annotations

from wrapped_assets.stories import phrases
from wrapped_assets.stories.cards.card import Card, CardMaker, Ranked, facts_of, ranking_table
from wrapped_assets.stories.data import StoryData
from wrapped_assets.stories.headlines import headline


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
    share = phrases.number(rows[0].get("country_known_share"))
    return Card(
        "artist_map", "places", say("Around the world"), headline("artist_map", data), ranked=places[:7],
        table=ranking_table(say("Countries by artists"), places, say("Country"), told, unit=say("Artists"), credit=say("Listens")),
        note=say("{share:percent} of your listens are by artists of a known country.", share=share) if share is not None else "",
    )  # fmt: skip


def sound_town(data: StoryData) -> Card | None:
    """The place that listens most alike, with the artists that say so."""
    row, told, say = data.first("sound_town"), data.language, data.language.say
    if not row.get("place_name"):
        return None
    names = [phrases.name(each["artist_name"]) for each in data.rows("sound_town") if each.get("artist_name")]
    facts = facts_of(
        (told.country(row["country"]) if row.get("country") else "", say("country")),
        (told.listed(list(dict.fromkeys(names))[:3]) if names else "", say("played there more than elsewhere")),
    )
    return Card("sound_town", "places", say("Sound town"), headline("sound_town", data), facts=facts)


ARTIST_MAP = CardMaker(("artist_map",), artist_map, needs=("country", "artist_count"))
SOUND_TOWN = CardMaker(("sound_town",), sound_town, needs=("place_name",))
