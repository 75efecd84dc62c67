"""The chapters of a story, and the forms in which a headline writes a number."""

from __future__ import annotations

# chapter → its title in the docs, in the docs' order. `stories/` defines the order and colours on story pages.
CHAPTERS: dict[str, str] = {
    "overview": "Overview", "music": "Music", "habits": "Habits", "discovery": "Discovery", "community": "Community",
    "places": "Places", "quiz": "Quiz", "shows": "Shows",
}  # fmt: skip

# `{listen_count:listens}` writes the number with its noun; `stories/nouns.py` has the singular and plural forms.
COUNTED_NOUNS = (
    "listens", "plays", "songs", "artists", "albums", "genres", "countries", "listeners", "times", "minutes", "days", "months", "years",
    "rings", "marks",
)  # fmt: skip
# `{ms_played:duration}` writes hours and minutes, `{night_share:percent}` writes a share as a percentage.
FORMATS = ("duration", "percent")
