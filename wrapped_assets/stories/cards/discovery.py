"""Cards of what was new: how much, when, and what stayed."""

from __future__ import annotations

from wrapped_assets.stories import phrases
from wrapped_assets.stories.cards.card import Card, CardMaker, Table, facts_of, ranking, ranking_table
from wrapped_assets.stories.data import StoryData
from wrapped_assets.stories.figures.strokes import month_bars
from wrapped_assets.stories.headlines import headline


def discoveries(data: StoryData) -> Card | None:
    """How many artists and songs were heard for the first time, by month where that is known."""
    row = data.first("discoveries")
    artists, recordings = phrases.number(row.get("new_artist_count")), phrases.number(row.get("new_recording_count"))
    if not artists and not recordings:
        return None
    months = [
        (each["month"], phrases.number(each.get("new_recording_count")) or 0, phrases.number(each.get("new_artist_count")) or 0)
        for each in data.rows("discovery_months")
        if phrases.month_name(each.get("month")) != "–"
    ]
    facts = facts_of(
        (phrases.count(artists), "new artists" if artists != 1 else "new artist"),
        (phrases.count(recordings), "new songs" if recordings != 1 else "new song"),
        (phrases.day(row.get("biggest_discovery_date"), data.year), "the most curious day"),
    )
    since = phrases.as_date(row.get("history_since") or data.history_since)
    note = f"New means: not heard since {phrases.day(since)}, where the known history begins." if since else ""
    figure = table = None
    if any(songs for _, songs, _ in months):
        figure = month_bars([(month, songs) for month, songs, _ in months], "New songs")
        table = Table(
            "First heard, by month", ("Month", "New songs", "New artists"),
            tuple((phrases.month_name(month), phrases.count(songs), phrases.count(new)) for month, songs, new in months),
        )  # fmt: skip
    return Card("discoveries", "discovery", "New to you", headline("discoveries", data), facts=facts, note=note, figure=figure, table=table)


def top_discoveries(data: StoryData) -> Card | None:
    """The new songs that stayed."""
    places = ranking(data.rows("top_discoveries"), "recording_name", "artist_name", 50)
    if not places:
        return None
    return Card(
        "top_discoveries", "discovery", "Found and kept", headline("top_discoveries", data), ranked=places[:7],
        table=ranking_table("Songs first heard this year, by listens", places, "Song"), is_inverse=True,
    )  # fmt: skip


DISCOVERIES = CardMaker(("discoveries", "discovery_months"), discoveries)
TOP_DISCOVERIES = CardMaker(("top_discoveries",), top_discoveries)
