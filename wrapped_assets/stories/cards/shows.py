"""The card of what was heard besides music: podcasts and audiobooks by minutes."""

from __future__ import annotations

from wrapped_assets.stories.cards.card import Card, card, ranking, ranking_table
from wrapped_assets.stories.data import StoryData
from wrapped_assets.stories.headlines import headline


@card("top_shows", place=220, least_rows=2)
def top_shows(data: StoryData) -> Card | None:
    """The five shows with most minutes; up to fifty in the table."""
    told, say = data.language, data.language.say
    rows = data.rows("top_shows")
    places = ranking(rows, "show_name", "", 50, told, by="minutes")
    if not places:
        return None
    return Card(
        "top_shows", "more", say("Shows"), headline("top_shows", data), ranked=places[:5],
        table=ranking_table(say("Podcasts and audiobooks by minutes"), places, say("Show"), told, unit=say("Minutes")),
        note=say("Podcasts and audiobooks are never counted as music."),
    )  # fmt: skip
