"""Cards that ask before the story tells: how many minutes it was, and which song was the first."""

from __future__ import annotations

from wrapped_assets.stories import phrases
from wrapped_assets.stories.cards.card import Card, Quiz, card
from wrapped_assets.stories.data import Row, StoryData
from wrapped_assets.stories.headlines import Part


def _asked(question: str, data: StoryData) -> list[Row]:
    """The question's answers in their order."""
    rows = [row for row in data.rows("quiz") if row.get("quiz_question") == question]
    return sorted(rows, key=lambda row: phrases.number(row.get("option_position")) or 0)


def _quiz(options: list[tuple[str, bool]]) -> Quiz | None:
    """The answers that differ as they are written; none where fewer than two do, or where not exactly one is right."""
    right = [text for text, is_right in options if is_right]
    texts = tuple(dict.fromkeys(text for text, _ in options))
    return Quiz(texts, right[0]) if len(right) == 1 and len(texts) > 1 else None


@card("quiz", place=5, follows="listening_totals", beat="minutes", needs=("quiz_question", "option_value", "is_true_option"))
def guess_minutes(data: StoryData) -> Card | None:
    """The minutes of the year among near numbers; the right one is written as the next card writes it."""
    told, minutes = data.language, phrases.number(data.first("listening_totals").get("minutes"))
    rows = [row for row in _asked("minutes", data) if phrases.number(row.get("option_value"))]
    if not minutes:
        return None
    options = [(told.counted(minutes if row["is_true_option"] else row["option_value"], "minutes"), row["is_true_option"]) for row in rows]
    if not (quiz := _quiz(options)):
        return None
    return Card("guess_minutes", "overview", told.say("A guess"), (Part(told.say("How many minutes of music was your year?")),), quiz=quiz)


@card("quiz", place=25, follows="top_recordings", beat="song", needs=("quiz_question", "option_recording_name", "is_true_option"))
def guess_song(data: StoryData) -> Card | None:
    """The song of the year among those behind it."""
    rows = [row for row in _asked("top_recording", data) if row.get("option_recording_name")]
    options = [(phrases.shortened(phrases.name(row["option_recording_name"]), 64), bool(row["is_true_option"])) for row in rows]
    if not data.first("top_recordings") or not (quiz := _quiz(options)):
        return None
    say = data.language.say
    return Card("guess_song", "music", say("A guess"), (Part(say("Which song did you play most?")),), quiz=quiz)
