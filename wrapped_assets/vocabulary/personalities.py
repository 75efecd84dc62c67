"""The sixteen listening personalities, one for each combination of the halves of four axes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

AXES: tuple[str, ...] = ("explorer", "variety", "newness", "mainstream")

# One letter per axis: Familiar or Explorer, Loyal or Varied, Timeless or New, Little-known or Mainstream.
PERSONALITIES: Mapping[str, tuple[str, str]] = MappingProxyType({
    "FLTL": ("The Keeper", "You hold on to rare old treasures, and play them as if each were yours alone."),
    "FLTM": ("The Evergreen", "Songs that everybody loves have been with you for long, and they never wear out."),
    "FLNL": ("The Confidant", "You stand by your artists, and you know their newest songs by heart before others do."),
    "FLNM": ("The Front Row", "When your artists bring out something new you are there, and you sing every word."),
    "FVTL": ("The Archivist", "You know your artists' early shelves, and take down something else each time."),
    "FVTM": ("The Jukebox", "One great old song after another, by artists whom you have long called friends."),
    "FVNL": ("The Gardener", "You tend to the artists you trust, and see everything that grows, away from the crowd."),
    "FVNM": ("The Host", "There is always something new on at your place, and always by somebody you know."),
    "ELTL": ("The Treasure Hunter", "You dig up what others forgot, and once you have found it you stay with it."),
    "ELTM": ("The Time Traveller", "This year you met what others had loved for long, and you fell for it, too."),
    "ELNL": ("The First Believer", "You find new names early, and play them until the others listen."),
    "ELNM": ("The Enthusiast", "What is new and loved by many, you love with all your heart, again and again."),
    "EVTL": ("The Cartographer", "You map the far corners of the past, and seldom take the same way twice."),
    "EVTM": ("The Collector", "You go from classic to classic, and each is a first meeting."),
    "EVNL": ("The Scout", "You are ahead of everybody, and always on to the next."),
    "EVNM": ("The Wave Rider", "You ride each new wave with everyone, and there is always another one coming."),
})
LETTERS: tuple[tuple[str, str], ...] = (("F", "E"), ("L", "V"), ("T", "N"), ("L", "M"))  # per axis: below the middle, at or above it
