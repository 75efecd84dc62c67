"""The card of the days that stand out, each by something of its own."""

from __future__ import annotations

from wrapped_assets.stories.cards.card import Card, Fact, Table, card
from wrapped_assets.stories.data import Row, StoryData
from wrapped_assets.stories.headlines import headline
from wrapped_assets.stories.phrases import number


@card("remarkable_days", place=160, needs=("day_kind", "local_date", "day_figure"))
def remarkable_days(data: StoryData) -> Card | None:
    """Up to five days of the year, in their order, with what each stands out by."""
    say = data.language.say
    found = {str(row.get("day_kind")): row for row in data.rows("remarkable_days") if number(row.get("day_figure")) is not None}
    if data.begins_here:
        found.pop("most_new_artists", None)
    days = [(data.language.day(row["local_date"], data.year), _by(kind, row, data)) for kind, row in found.items()]
    days = [(day, by) for day, by in days if by]
    if not days:
        return None
    table = Table(say("Days that stood out"), (say("Day"), say("What for")), tuple(days))
    facts = tuple(Fact(day, by) for day, by in days)
    return Card("remarkable_days", "habits", say("Days that stood out"), headline("remarkable_days", data), facts=facts, table=table)


def _by(kind: str, row: Row, data: StoryData) -> str:
    """What a day stands out by; nothing of a kind that this card does not know."""
    say, figure = data.language.say, row["day_figure"]
    if kind == "most_minutes":
        return say("most music: {minutes:duration}", minutes=figure)
    if kind == "most_of_top_artist":
        return say("most of your artist of the year: {count:listens}", count=int(figure))
    if kind == "most_new_artists":
        return say("most artists for the first time: {count}", count=data.language.count(figure))
    if kind == "oldest_music":
        return say("the oldest music: from {year}, on average", year=str(round(figure)))
    return say("furthest from the rest of your year") if kind == "unlike_the_year" else ""
