"""Cards of the listener beside the year before: a name that needs nobody else, and the totals of both years."""

from __future__ import annotations

from wrapped_assets.stories import phrases
from wrapped_assets.stories.cards.card import ON, Card, Fact, Scale, Table, card, facts_of
from wrapped_assets.stories.catalogue import message
from wrapped_assets.stories.data import StoryData
from wrapped_assets.stories.figures.beside import pairs, then_and_now
from wrapped_assets.stories.figures.strokes import hundredths
from wrapped_assets.stories.headlines import Part, headline

# Each axis of the name: its column, and the words for none of the listens and for all of them.
AXES = (
    ("new_artist_listen_share", message("artists you knew"), message("artists new to you")),
    ("repeat_share", message("a song once"), message("songs again")),
)
_SAID = (
    ("new_artist_listen_share", message("of listens went to artists new to you")), ("repeat_share", message("of listens were repeats")),
)  # fmt: skip
_NOUNS = {"recording_count": "songs", "artist_count": "artists", "active_day_count": "days"}  # each has a label of its own
_LITTLE = 0.005  # a smaller change is none in whole per cent
_TWICE = 2.0  # from here on a change is a factor: "+340%" is hard to imagine


def compared(now: float, before: float, data: StoryData) -> str:
    """A number beside the year before's, in words: "+12% on 2024"."""
    told, say = data.language, data.language.say
    if not before:
        return say("not heard in {year}", year=data.title_before)
    if now / before >= _TWICE:
        return say("{factor}× as much as in {year}", factor=told.tenths(now / before), year=data.title_before)
    return say("{change} on {year}", change=told.change(now / before - 1), year=data.title_before)


@card("own_identity", place=335, beat="identity", needs=("identity_name",))
def own_identity(data: StoryData) -> Card | None:
    """The name, its sentence, and each axis with a mark for this year and a ring for the year before."""
    row, told, say = data.first("own_identity"), data.language, data.language.say
    if not row.get("identity_name"):
        return None
    known = [
        (say(left), say(right), now, phrases.number(row.get(f"before_{column}")))
        for column, left, right in AXES
        if (now := phrases.number(row.get(column))) is not None
    ]
    has_before = any(then is not None for *_, then in known)
    years = data.title, data.title_before
    label = say("Your habits") if not has_before else say("Your habits; the ring is {year}.", year=years[1])
    columns = (say("From"), say("To"), years[0], *((years[1],) if has_before else ()))
    rows = tuple(
        (left, right, told.percent(now), *((told.percent(then),) if has_before else ())) for left, right, now, then in known
    )
    median, median_then = (phrases.number(row.get(f"{when}median_release_year")) for when in ("", "before_"))
    facts = facts_of(
        (str(median) if median else "", say("half of your listens are of this year or older"), ON),
        (str(median_then) if median and median_then else "", say("that year in {year}", year=years[1]), ON),
    )
    if not facts:
        facts = facts_of(*((told.percent(now), say(label), ON) for column, label in _SAID if (now := phrases.number(row.get(column)))))
    alone = hundredths(known[0][2], label) if len(known) == 1 and not has_before else None
    is_against = bool(row.get("is_against_year_before"))
    note = say("Compared with your own {year}, and with nobody else.", year=years[1]) if is_against else say(
        "Told by halves of your own listens, and compared with nobody."
    )  # fmt: skip
    return Card(
        "own_identity", "community", say("Your way to listen"), headline("own_identity", data), facts=facts,
        figure=alone or then_and_now(known, years if has_before else years[:1], label),
        table=Table(say("Your habits"), columns, rows), note=note,
        in_text=tuple(Fact(told.percent(now), right, reads_on=True) for _, right, now, _ in known),
    )  # fmt: skip


@card("totals_before", place=15, beat="before", needs=("before_listen_count",), scale=Scale("before_listen_count", 0, 1, least=1))
def totals_before(data: StoryData) -> Card | None:
    """This year's songs, artists and days beside the year before's; the headline tells the one that changed most."""
    row, told, say = data.first("totals_before"), data.language, data.language.say
    found = [
        (noun, now, then)
        for column, noun in _NOUNS.items()
        if (now := phrases.number(row.get(column))) and (then := phrases.number(row.get(f"before_{column}")))
    ]
    if not found:
        return None
    year = data.title_before
    noun, now, then = max(found, key=lambda each: abs(each[1] / each[2] - 1))
    rows = tuple((told.label(2, name), told.count(one), told.count(other)) for name, one, other in found)
    bars = [(what, one, other, compared(one, other, data)) for (_, one, other), (what, _, _) in zip(found, rows, strict=True)]
    table = Table(say("Your year and the year before"), (say("What"), data.title, year), rows)
    return Card(
        "totals_before", "overview", say("Beside {year}", year=year), (Part(_most_changed(now / then, told.label(2, noun), data)),),
        figure=pairs(bars, (data.title, year), table.caption, told), table=table,
        in_text=tuple(Fact(told.counted(other, name), say("in {year}", year=year), reads_on=True) for name, _, other in found),
        note=say("Both years are told of the same months."),
    )  # fmt: skip


def _most_changed(ratio: float, what: str, data: StoryData) -> str:
    told, say, year = data.language, data.language.say, data.title_before
    if abs(ratio - 1) < _LITTLE:
        return say("A year as full as {year}.", year=year)
    if ratio >= _TWICE:
        return say("{factor} times as many {what} as in {year}.", factor=told.tenths(ratio), what=what, year=year)
    if ratio > 1:
        return say("{share:percent} more {what} than in {year}.", share=ratio - 1, what=what, year=year)
    return say("{share:percent} fewer {what} than in {year}.", share=1 - ratio, what=what, year=year)
