"""How a story was counted, in words: the small print of every card, and the closing card in full."""

from __future__ import annotations

from datetime import date

from wrapped_assets.stories import phrases
from wrapped_assets.stories.catalogue import message
from wrapped_assets.stories.data import StoryData
from wrapped_assets.stories.language import Language

DEFAULT = message("default")  # the rules that a listener has who chose none; other rules keep their name
REASONS = {
    "too_short": message("too short to count"),
    "private": message("in a private session"),
    "excluded": message("excluded by your choice"),
    "outside_window": message("outside the window"),
    "not_music": message("not music"),
}


def _is_partial(data: StoryData, days: tuple[date, date]) -> bool:
    """Whether the window begins or ends with a month in which nothing was heard: the window is then not what is told of."""
    return any((one.year, one.month) != (other.year, other.month) for one, other in zip(days, data.window, strict=True))


def small_print(data: StoryData) -> str:
    """Rules, the days that are told of, and the time zone on one line."""
    told, days, rules = data.language, data.heard, data.language.word(data.rules)
    if days and _is_partial(data, days):
        return told.say("{rules} rules · heard {window} · {time_zone}", rules=rules, window=told.span(*days), time_zone=data.time_zone)
    return told.say("{rules} rules · {window} · {time_zone}", rules=rules, window=told.span(*data.window), time_zone=data.time_zone)


def settings(data: StoryData) -> list[tuple[str, str]]:
    """What the edition was counted by: label and value."""
    told, say = data.language, data.language.say
    since, days = phrases.as_date(data.history_since), data.heard
    is_all_new = data.is_all_new and not data.begins_here and not data.is_small
    return [
        (say("Edition"), phrases.name(data.edition)),
        (say("Rules"), told.word(data.rules)),
        (say("Window"), told.span(*data.window)),
        *([(say("Heard"), told.span(*days))] if days and _is_partial(data, days) else []),
        (say("Time zone"), phrases.name(data.time_zone)),
        *([(say("History known since"), told.day(since))] if since else []),
        *([(say("What is new"), say("not told: nothing is known from before"))] if data.begins_here else []),
        *([(say("What is new"), say("not told: too little is known from before"))] if is_all_new else []),
    ]


def ins_and_outs(data: StoryData) -> list[tuple[str, str]]:
    """Counts in and out: label and number; every reason of the edition, also where it is nought."""
    counted, told, say = data.counted, data.language, data.language.say
    reasons = [(_why(reason, plays, told), told.count(plays)) for reason, plays in counted.excluded.items()]
    timed, unknown = counted.plays_in_minutes, counted.unknown_length_count
    return [
        (told.label(counted.listens, "ranked listens"), told.count(counted.listens)),
        *([(told.label(timed, "plays in minutes"), told.count(timed))] if timed else []),
        *reasons,
        *([(say("of unknown length: nothing added to the minutes"), told.count(unknown))] if unknown else []),
        *([(say("of unknown length: estimated"), told.count(counted.estimated_length_count))] if counted.estimated_length_count else []),
    ]


def _why(reason: str, plays: int, told: Language) -> str:
    if reason == "duplicate":
        return told.label(plays, "duplicates")
    return told.say(REASONS.get(reason, phrases.words(reason).lower()))


def verdict(data: StoryData) -> str:
    """A sentence on an edition that is small or empty; nothing for a full one."""
    say = data.language.say
    if not data.counted.listens:
        if any(data.insights.values()):  # of podcasts, or of private plays, which add to the minutes alone
            return say("No listen in this window counts for a ranking.")
        return say("No listens in this window. The needle never touched the groove.")
    if data.is_small:
        return say(
            "A small edition: rankings begin at {songs:songs} and {artists:artists}.", songs=data.minimum[0], artists=data.minimum[1]
        )
    return ""
