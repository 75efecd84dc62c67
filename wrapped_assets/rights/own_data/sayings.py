"""The page's words for what tables hold as codes, and what stands on it whoever reads it; all of them messages."""

from __future__ import annotations

from wrapped_assets.stories.catalogue import message

PROFILE = (
    ("name", message("Name")),
    ("time_zone", message("Time zone")),
    ("country", message("Country")),
    ("place", message("Place")),
    ("birth_year", message("Year of birth")),
    ("listener_id", message("Your number in the data")),
    ("restricted_since", message("Out of every use but your own since")),
)
BECAME = {
    "counted": message("counted"),
    "too_short": message("too short to count"),
    "private": message("in a private session"),
    "excluded": message("excluded by your choice"),
    "outside_window": message("outside the year"),
    "not_music": message("not music"),
    "duplicate": message("copies of the same play"),
}
CONSENTS = {
    "given": message("yes"),
    "refused": message("no"),
    "withdrawn": message("taken back"),
    "objected": message("objected"),
    "expired": message("run out"),
}
STANDS = {True: message("yes: allowed"), False: message("no: closed")}
KINDS = {
    "artist": message("Artist"), "recording": message("Song"), "release_group": message("Album"), "hours": message("Hours of the day"),
}  # fmt: skip
EXPORT_STATES = {
    "row": message("A row about you, under a number instead of your name."),
    "counted": message("You may be counted in its figures about many people."),
    "delivered": message("handed over"),
    "candidate": message("prepared, never handed over"),
    "staged": message("prepared, never handed over"),
    "cleared": message("prepared, never handed over"),
    "refused": message("refused, never handed over"),
    "withdrawn": message("withdrawn"),
}
# What is kept, why, for how long.
KEPT = (
    (
        message("Your plays, your profile and your choices"),
        message("To tell you your year in music."),
        message("Until you ask for erasure, or the service ends."),
    ),
    (
        message("Everything worked out from them"),
        message("The same; it is computed again whenever something changes."),
        message("As long as the plays."),
    ),
    (
        message("What you agreed to, and when"),
        message("To prove what was allowed: the law asks for it."),
        message("Until you ask for erasure."),
    ),
    (
        message("Exports with you in them"),
        message("What you agreed to; nothing without."),
        message("As long as each says in the list of exports above."),
    ),
    (
        message("This folder"),
        message("Your right to a copy: a legal obligation."),
        message("30 days, then it is destroyed here."),
    ),
    (
        message("After an erasure: a keyed fingerprint of your name"),
        message("So that a late file does not bring you back."),
        message("90 days."),
    ),
)
RIGHTS = (
    (
        message("To see and take along"),
        message("That is this folder. The JSON and CSV files can be read by other programs; you may hand them to anybody."),
    ),
    (
        message("To correct"),
        message(
            "Hand over the right data again, or say what to leave out of your figures: an artist, a song, an "
            "album, or hours."
        ),
    ),
    (
        message("To erase"),
        message(
            "Everything of yours is deleted and searched for afterwards. Published figures about many people "
            "stay; they do not show you."
        ),
    ),
    (
        message("To restrict"),
        message("Your data stays, and is used for nothing but your own year and your rights."),
    ),
    (
        message("To object and to take back"),
        message(
            "Any yes above can be taken back, as easily as it was said. It holds from the next export on, within "
            "24 hours."
        ),
    ),
    (
        message("To complain"),
        message("To the data protection authority where you live or work, at any time."),
    ),
)
SECTIONS = {
    "registry": message("About you, and what you chose"),
    "sources": message("What you handed over"),
    "listens": message("What became of each play"),
    "insights": message("What was worked out about you"),
    "playlists": message("Your playlists"),
    "aggregates": message("Sums on the way to these"),
    "population": message("You beside others, without the others"),
}
