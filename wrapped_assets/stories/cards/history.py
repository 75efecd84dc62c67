"""Cards of what lasted: the song's story, artists of every month, artists that came back, and how varied it all was."""

from __future__ import annotations

from wrapped_assets.stories import phrases
from wrapped_assets.stories.cards.card import Card, CardMaker, Ranked, Table, facts_of
from wrapped_assets.stories.data import Row, StoryData
from wrapped_assets.stories.figures.strokes import month_bars
from wrapped_assets.stories.headlines import headline

_SHOWN = 7


def _since(row: Row, what: str) -> str:
    """How far back the claim reaches."""
    since = phrases.as_date(row.get("history_since"))
    return f"{what} since {phrases.day(since)}, where the known history begins." if since else ""


def recording_story(data: StoryData) -> Card | None:
    """The song of the year by month, with the day it was first heard and its best one."""
    row = data.first("recording_story")
    if not row.get("recording_name"):
        return None
    months = [
        (str(each["month"]), phrases.number(each.get("listen_count")) or 0)
        for each in data.rows("recording_story_months")
        if phrases.month_name(each.get("month")) != "–"
    ]
    first = phrases.local(row.get("first_heard_at"), data.time_zone)
    days = phrases.number(row.get("active_day_count"))
    facts = facts_of(
        (phrases.day(first) if first else "", "first listen ever"),
        (phrases.counted(days, "day") if days else "", "with this song this year"),
    )
    figure = table = None
    if any(listens for _, listens in months):
        figure = month_bars(months, "Listens")
        rows = tuple((phrases.month_name(month), phrases.count(listens)) for month, listens in months)
        table = Table("Listens of the song by month", ("Month", "Listens"), rows)
    return Card(
        "recording_story", "music", "The story of a song", headline("recording_story", data), facts=facts, figure=figure, table=table,
        note=_since(row, "“Ever” means"),
    )  # fmt: skip


def loyalty(data: StoryData) -> Card | None:
    """The artists of every month, with the years that it has been so."""
    rows = [row for row in data.rows("loyalty") if row.get("artist_name")]
    if not rows:
        return None
    years = [phrases.number(row.get("loyal_year_count")) or 1 for row in rows]
    in_a_row = ["" if count < 2 else f"{phrases.counted(count, 'year')} in a row" for count in years]
    note = _since(rows[0], "Years are counted")
    return _ranked("loyalty", "habits", "Every month", rows, in_a_row, "listen_count", "Listens", data, note)


def comebacks(data: StoryData) -> Card | None:
    """The artists that came back, with the day and the length of the silence."""
    rows = [row for row in data.rows("comebacks") if row.get("artist_name")]
    if not rows:
        return None
    if len(rows) == 1:
        row = rows[0]
        facts = facts_of(
            (phrases.day(row.get("silent_since_date"), data.year), "last heard before"),
            (phrases.day(row.get("comeback_date"), data.year), "heard again"),
            (phrases.counted(row.get("listen_count"), "listen"), "this year"),
        )
        return Card("comebacks", "discovery", "Welcome back", headline("comebacks", data), facts=facts)
    back = [f"back on {phrases.day(row.get('comeback_date'), data.year)}" for row in rows]
    note = "Days without a listen, from the last one before to the first one after."
    return _ranked("comebacks", "discovery", "Welcome back", rows, back, "silence_day_count", "Days", data, note)


def _ranked(
    insight: str, chapter: str, label: str, rows: list[Row], credit_of: list[str], by: str, unit: str, data: StoryData, note: str
) -> Card:  # fmt: skip
    most = max(phrases.number(row.get(by)) or 0 for row in rows) or 1
    places = tuple(
        Ranked(place, phrases.name(row["artist_name"]), credit, phrases.count(row.get(by)), (phrases.number(row.get(by)) or 0) / most)
        for place, (row, credit) in enumerate(zip(rows, credit_of, strict=True), 1)
    )
    table = Table(label, ("Artist", "", unit), tuple((each.name, each.credit, each.count) for each in places))
    return Card(insight, chapter, label, headline(insight, data), ranked=places[:_SHOWN], table=table, note=note)


def variety(data: StoryData) -> Card | None:
    """How much was one artist, how much was heard before, and how much was skipped."""
    row = data.first("variety")
    if not row.get("artist_name"):
        return None
    facts = facts_of(
        (phrases.percent(row.get("artist_evenness_share")), "evenness over artists; 100 is as much of each"),
        (phrases.percent(row.get("repeat_share")), "of listens were repeats"),
        (phrases.percent(row.get("skip_share")), "of plays skipped"),
    )
    return Card("variety", "habits", "Variety", headline("variety", data), facts=facts)


SONG_STORY = CardMaker(("recording_story", "recording_story_months"), recording_story)
LOYALTY, COMEBACKS, VARIETY = CardMaker(("loyalty",), loyalty), CardMaker(("comebacks",), comebacks), CardMaker(("variety",), variety)
