"""Cards of an artist's year over all of its listeners."""

from __future__ import annotations

from wrapped_assets.stories import phrases
from wrapped_assets.stories.artist_data import ArtistData
from wrapped_assets.stories.cards.card import ON, Card, Ranked, Series, Table, card, facts_of, ranking, ranking_table
from wrapped_assets.stories.catalogue import message
from wrapped_assets.stories.data import Row
from wrapped_assets.stories.figures.strokes import hundredths, month_bars
from wrapped_assets.stories.figures.weeks import week_columns
from wrapped_assets.stories.headlines import Part
from wrapped_assets.stories.language import Language


def sentence_parts(told: Language, sentence: str, **values: str) -> tuple[Part, ...]:
    """The sentence in parts, names and values set apart."""
    pieces = (
        (text, kind) for literal, field in told.pieces(sentence) for text, kind in ((literal, "text"), (values.get(field, ""), field))
    )
    return tuple(Part(text, kind if kind in ("text", "name") else "value") for text, kind in pieces if text)


@card("artist_totals", subject="artist", place=10)
def artist_totals(data: ArtistData) -> Card | None:
    """How many heard the artist, and how often."""
    row, told, say = data.first("artist_totals"), data.language, data.language.say
    if not row:
        return None
    sentence = message("About {listeners} heard you {times}.") if data.is_rounded else message("{listeners} heard you {times}.")
    if row["listen_count"] is None:  # a gate hides what one listener makes most of
        sentence = message("About {listeners} heard you.")
    times = told.counted(row["listen_count"], "times")
    headline = sentence_parts(told, sentence, listeners=told.counted(row["listener_count"], "listeners"), times=times)
    before, heard_before = (phrases.number(row.get(f"previous_{name}")) for name in ("listener_count", "listen_count"))
    year = data.year - 1
    facts = facts_of(
        (told.count(row["hours"]), say("hours"), ON),
        (told.count(row["country_count"]) if row.get("country_count") else "", say("countries"), ON),
        (told.change(row["listener_count"] / before - 1) if before else "", say("listeners on {year}", year=str(year)), ON),
        (told.change(row["listen_count"] / heard_before - 1) if heard_before else "", say("listens on {year}", year=str(year)), ON),
    )
    return Card("artist_totals", "overview", say("The audience"), headline, told.count(row["listener_count"]), facts=facts)


@card("artist_recordings", subject="artist", place=20)
def artist_recordings(data: ArtistData) -> Card | None:
    """The seven most heard songs; up to fifty in the table."""
    rows, told, say = data.rows("artist_recordings"), data.language, data.language.say
    if not rows:
        return None
    places = ranking(rows, "recording_name", "", 50, told)
    headline = sentence_parts(told, message("The song of the year: {name}."), name=phrases.name(rows[0].get("recording_name")))
    table = ranking_table(say("Top songs"), places, say("Song"), told)
    return Card("artist_recordings", "music", say("Top songs"), headline, ranked=places[:7], table=table)


@card("artist_journey", "journey_weeks", subject="artist", place=30)
def artist_journey(data: ArtistData) -> Card | None:
    """The top song's listens week by week, and its busiest day."""
    row, told, say = data.first("artist_journey"), data.language, data.language.say
    weeks = [(day, float(each["listen_count"])) for each in data.rows("journey_weeks") if (day := phrases.as_date(each["week_date"]))]
    if not row or not weeks:
        return None
    name, busiest = phrases.name(row.get("recording_name")), told.day(row["busiest_local_date"], data.year)
    headline = sentence_parts(told, message("{name} was heard most on {day}."), name=name, day=busiest)
    facts = facts_of(
        (told.count(row["busiest_day_listen_count"]), say("listens on that day"), ON),
        (told.count(row["listener_count"]), say("listeners"), ON),
        (told.count(row["country_count"]) if row.get("country_count") else "", say("countries"), ON),
    )
    label = say("Listens of the top song, week by week")
    rows = tuple((told.day(day, day.year), told.count(value)) for day, value in weeks)
    table = Table(label, (say("Week from"), say("Listens")), rows)
    series = Series(tuple(value for _, value in weeks))
    figure = week_columns(weeks, label, told)
    return Card("artist_journey", "discovery", say("The journey"), headline, figure=figure, facts=facts, table=table, series=series)


@card("audience_months", subject="artist", place=40)
def audience_months(data: ArtistData) -> Card | None:
    """Listeners by month, and the best month."""
    rows, told, say = data.rows("audience_months"), data.language, data.language.say
    if not rows:
        return None
    by_month = {phrases.month_number(row["month"]): float(row["listener_count"]) for row in rows}
    best = min(rows, key=lambda row: (-row["listener_count"], row["month"]))
    sentence = message("{month} was your month: {listeners} heard you.")
    if data.is_rounded:
        sentence = message("{month} was your month: about {listeners} heard you.")
    headline = sentence_parts(told, sentence, month=told.month(best["month"]),
                      listeners=told.counted(best["listener_count"], "listeners"))  # fmt: skip
    values = [(f"{data.year}-{month:02d}", by_month.get(month)) for month in range(1, 13)]  # a month of few has no row: nought is not known
    note = say("A dash stands for fewer than {few} listeners, or none.", few=data.minimum_listeners) if len(by_month) < len(values) else ""
    figure = month_bars(values, say("Listeners"), told)
    shown = tuple((told.month(row["month"]), told.count(row["listener_count"]), told.count(row["listen_count"])) for row in rows)
    table = Table(say("Listeners by month"), (say("Month"), say("Listeners"), say("Listens")), shown)
    return Card("audience_months", "habits", say("Month by month"), headline, figure=figure, table=table, note=note)


@card("top_listeners", subject="artist", place=50)
def top_listeners(data: ArtistData) -> Card | None:
    """How many listeners make most of the listens, or have the artist on top; none where neither is known."""
    row, told, say = data.first("top_listeners"), data.language, data.language.say
    if not row:
        return None
    favourite, devoted, share = row.get("favourite_count"), row.get("super_listener_count"), row.get("super_listen_share")
    if devoted:
        sentence = message("{listeners} gave {share} of all listens.")
        if data.is_rounded:
            sentence = message("About {listeners} gave {share} of the hours.")
        headline = sentence_parts(told, sentence, listeners=told.counted(devoted, "listeners"),
                          share=told.percent(share))  # fmt: skip
    elif favourite:
        headline = sentence_parts(told, message("You are on top for {listeners}."), listeners=told.counted(favourite, "listeners"))
    else:
        return None
    facts = facts_of((told.count(favourite) if favourite else "", say("have you as their artist of the year"), ON))
    figure, everybody = None, phrases.number(row.get("listener_count"))
    if devoted and everybody:
        part = told.percent(devoted / everybody)
        figure = hundredths(devoted / everybody, say("{part} of your listeners, as dots of a hundred.", part=part))
        facts = (*facts_of((part, say("of your listeners are they"), ON)), *facts)
    elif favourite and everybody:
        part = told.percent(favourite / everybody)
        figure, facts = hundredths(favourite / everybody, say("{part} of your listeners, as dots of a hundred.", part=part)), facts_of(
            (part, say("of your listeners are they"), ON)
        )
    return Card("top_listeners", "community", say("Super listeners"), headline, facts=facts, figure=figure)


@card("artist_moments", subject="artist", place=60)
def artist_moments(data: ArtistData) -> Card | None:
    """The hours in which the artist is heard more than others."""
    rows, told, say = data.rows("artist_moments"), data.language, data.language.say
    if not rows:
        return None
    most = rows[0]["lift"]
    places = tuple(
        Ranked(place, _hour(row, told), "", say("{factor}× as much", factor=told.tenths(row["lift"])), row["lift"] / most)
        for place, row in enumerate(rows[:7], 1)
    )
    headline = sentence_parts(told, message("Your hour: {value}."), value=_hour(rows[0], told))
    note = say("Compared with how everybody's listens spread over the hours.")
    return Card("artist_moments", "habits", say("Your hours"), headline, ranked=places, note=note)


def _hour(row: Row, told: Language) -> str:
    hours = f"{row['local_hour']:02d}–{(row['local_hour'] + 1) % 24:02d}"
    return told.say("weekends {hours}", hours=hours) if row["is_weekend"] else told.say("work days {hours}", hours=hours)
