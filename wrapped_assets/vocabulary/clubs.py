"""The clubs, the genres that lead to them, and the roles of their members."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# Per club the genres that lead to it, as a genre tree spells them; a genre without a place of its own goes where the one that it is a kind
# of goes. The roots of beets' tree are all here, and kinds that are a world of their own.
GENRES_OF_CLUBS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "Daylight": ("pop", "j-pop", "k-pop", "europop", "eurodance", "disco"),
    "Amplifier": ("rock", "punk rock", "alternative rock", "electronic rock"),
    "Iron Works": ("heavy metal", "african heavy metal", "metal", "industrial", "hardcore"),
    "Wordsmiths": ("hip hop", "african hip hop", "rap"),
    "Night Shift": ("electronic", "house", "techno", "trance", "drum and bass", "uk garage"),
    "Slow Orbit": ("ambient", "downtempo", "avant-garde", "electroacoustic", "new-age music"),
    "Blue Hour": ("jazz", "blues", "r&b", "soul", "funk", "easy listening"),
    "Campfire": ("folk", "country", "singer-songwriter"),
    "Curtain Call": ("classical", "soundtrack", "comedy", "kids music"),
    "Open Horizons": ("african", "asian", "caribbean and latin american", "reggae", "world music", "latin"),
})
CLUB_OF_GENRE: Mapping[str, str] = MappingProxyType({genre: club for club, genres in GENRES_OF_CLUBS.items() for genre in genres})

# A member's role by the percentage of members who rank before them (exclusive), ranked by the club's share of their listens.
ROLES: tuple[tuple[str, int], ...] = (("founder", 5), ("host", 25), ("regular", 75), ("guest", 100))
