"""How a story was counted, in words: the small print of every card, and the closing card in full."""

from __future__ import annotations

from wrapped_assets.stories import phrases
from wrapped_assets.stories.data import MINIMUM_ARTISTS, MINIMUM_RECORDINGS, StoryData

REASONS = {
    "too_short": "too short to count",
    "private": "in a private session",
    "excluded": "excluded by your choice",
    "outside_window": "outside the window",
    "not_music": "not music",
    "duplicate": "duplicates of another record",
}


def small_print(data: StoryData) -> str:
    """Rules, window and time zone on one line."""
    return f"{data.rules} rules · {phrases.span(*data.window)} · {data.time_zone}"


def settings(data: StoryData) -> list[tuple[str, str]]:
    """What the edition was counted by: label and value."""
    since = phrases.as_date(data.history_since)
    return [
        ("Edition", phrases.name(data.edition)),
        ("Rules", phrases.name(data.rules)),
        ("Window", phrases.span(*data.window)),
        ("Time zone", phrases.name(data.time_zone)),
        *([("History known since", phrases.day(since))] if since else []),
    ]


def ins_and_outs(data: StoryData) -> list[tuple[str, str]]:
    """Counts in and out: label and number; every reason of the edition, also where it is nought."""
    counted = data.counted
    reasons = [(REASONS.get(reason, phrases.words(reason).lower()), phrases.count(plays)) for reason, plays in counted.excluded.items()]
    return [
        ("listens counted and ranked", phrases.count(counted.listens)),
        *([("plays in the minutes", phrases.count(counted.plays_in_minutes))] if counted.plays_in_minutes else []),
        *reasons,
        *(
            [("of unknown length: nothing added to the minutes", phrases.count(counted.unknown_length_count))]
            if counted.unknown_length_count
            else []
        ),
    ]


def verdict(data: StoryData) -> str:
    """A sentence on an edition that is small or empty; nothing for a full one."""
    if not data.counted.listens:
        return "No listens in this window. The needle never touched the groove."
    if data.is_small:
        return f"A small edition: rankings begin at {MINIMUM_RECORDINGS} songs and {MINIMUM_ARTISTS} artists."
    return ""
