"""How strong a card is: where its first fact lies between the ordinary and the striking; and what is too little to tell."""

from __future__ import annotations

from dataclasses import dataclass

from wrapped_assets.stories import phrases
from wrapped_assets.stories.data import StoryData


@dataclass(frozen=True)
class Scale:
    """A column of the insight's first row: `ordinary` has strength 0, `striking` 1; below `least` the card is left out.

    Where a small value is the striking one, as with a rank, `striking` is below `ordinary` and there is no `least`.
    """

    column: str
    ordinary: float
    striking: float
    least: float | None = None


# One line an insight, by what listeners of a normal year have; what has no line here stands in the middle, 0.5.
SCALES: dict[str, Scale] = {
    "top_recordings": Scale("listen_count", 0, 60),
    "top_artists": Scale("listen_count", 0, 250),
    "top_release_groups": Scale("listen_count", 0, 300, least=3),
    "most_replayed_day": Scale("listen_count", 3, 30, least=3),
    "artist_streak": Scale("streak_day_count", 3, 30, least=3),
    "longest_session": Scale("session_minutes", 60, 720, least=60),
    "busiest_day": Scale("minutes", 60, 960),
    "variety": Scale("top_artist_share", 0.05, 0.5),
    "loyalty": Scale("loyal_year_count", 0, 5),
    "discoveries": Scale("new_artist_count", 0, 400),
    "comebacks": Scale("silence_day_count", 365, 2000),
    "top_genres": Scale("genre_listen_share", 0.1, 0.6),
    "sound_town": Scale("town_lift", 1, 4),
    "early_listener": Scale("early_day_count", 0, 365),
    "fan_rank": Scale("fan_share", 0.5, 0.01),
    "minutes_rank": Scale("minutes_rank_share", 0.5, 0.01),
    "clubs": Scale("club_share", 0.1, 0.7),
    "similar_listeners": Scale("similarity_share", 0.2, 0.9, least=0.05),
}


LEAST_KNOWN = 0.1  # of the listens: what is told of fewer would be told of the catalogue, not of the listener


def strength(insight: str, data: StoryData) -> float:
    """0 to 1; 0.5 where no scale is known or the column holds no number."""
    scale = SCALES.get(insight)
    value = phrases.number(data.first(insight).get(scale.column)) if scale else None
    if scale is None or value is None or scale.striking == scale.ordinary:
        return 0.5
    return max(0.0, min(1.0, (value - scale.ordinary) / (scale.striking - scale.ordinary)))


def is_enough(insight: str, data: StoryData) -> bool:
    """Whether there is enough to tell; a column without a number is the card's own matter."""
    first = data.first(insight)
    known = [phrases.number(share) for column, share in first.items() if column.endswith("_known_share")]
    if any(share is not None and share < LEAST_KNOWN for share in known):
        return False
    scale = SCALES.get(insight)
    value = phrases.number(first.get(scale.column)) if scale else None
    return scale is None or scale.least is None or value is None or value >= scale.least
