"""What a story counts: each noun with its number, and as a label under one, in both forms of English."""

from __future__ import annotations

from wrapped_assets.stories.catalogue import message

# A placeholder `{listen_count:listens}` of any message prints the number and its noun in the right form.
COUNTED: dict[str, tuple[str, str]] = {
    "listens": (message("{number} listen"), message("{number} listens")),
    "plays": (message("{number} play"), message("{number} plays")),
    "songs": (message("{number} song"), message("{number} songs")),
    "artists": (message("{number} artist"), message("{number} artists")),
    "albums": (message("{number} album"), message("{number} albums")),
    "genres": (message("{number} genre"), message("{number} genres")),
    "countries": (message("{number} country"), message("{number} countries")),
    "listeners": (message("{number} listener"), message("{number} listeners")),
    "members": (message("{number} member"), message("{number} members")),
    "times": (message("{number} time"), message("{number} times")),
    "minutes": (message("{number} minute"), message("{number} minutes")),
    "days": (message("{number} day"), message("{number} days")),
    "months": (message("{number} month"), message("{number} months")),
    "years": (message("{number} year"), message("{number} years")),
    "rings": (message("{number} ring"), message("{number} rings")),
    "marks": (message("{number} tally mark"), message("{number} tally marks")),
}
LABELS: dict[str, tuple[str, str]] = {
    "listens": (message("listen"), message("listens")),
    "songs": (message("song"), message("songs")),
    "artists": (message("artist"), message("artists")),
    "albums": (message("album"), message("albums")),
    "days": (message("day with music"), message("days with music")),
    "plays": (message("play, skips included"), message("plays, skips included")),
    "new artists": (message("new artist"), message("new artists")),
    "new songs": (message("new song"), message("new songs")),
    "different songs": (message("different song"), message("different songs")),
    "ranked listens": (message("listen counted and ranked"), message("listens counted and ranked")),
    "plays in minutes": (message("play in the minutes"), message("plays in the minutes")),
    "duplicates": (message("duplicate of another record"), message("duplicates of another record")),
    "days left": (message("day"), message("days")),
    "hours left": (message("hour"), message("hours")),
    "minutes left": (message("minute"), message("minutes")),
    "seconds left": (message("second"), message("seconds")),
}
