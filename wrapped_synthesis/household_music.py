"""What the household listens to: forty invented artists, their albums and songs, with identifiers of a valid form."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass

import numpy as np

from wrapped_synthesis.names import titles

SONGS_PER_ALBUM = 7
_BASE62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

# Each artist, their albums, and the songs that the household's stories name; the other songs get titles from word lists.
_ARTISTS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("Marrowglass", ("Salt Year", "Harbour Light"), ("Salt on the Windowsill", "Tide Tables")),
    ("The Paper Lighthouses", ("Keepers", "Fog Signals"), ("Seventeen Steps", "Fog Signal, Slowly")),
    ("Ólafía Brennivík", ("Ljósaskipti",), ("Ljósaskipti", "Snjór í maí")),
    ("Sōten Radio", ("夜の電波", "Channel Zero"), ("夜の電波", "Last Train, Platform 9¾b")),
    ("Brass Otter Parade", ("Marching Downstream",), ("Marching Downstream", "Otter Business")),
    ("Ninefold Harbour", ("Nine", "Ten"), ("Anchor Me Twice",)),
    ("Teodora Verrazul", ("Corazón de Tiza",), ("Corazón de Tiza", "La última llave")),
    ("DJ Quillfish", ("Spines", "Soft Spines"), ("Spines", "Deep End Etiquette")),
    ("Gruppe Zwielicht", ("Halbschatten",), ("Halbschatten", "Straßenbahn um vier")),
    ("Tin Moth", ("Lamp Songs", "Wool"), ("Around the Bulb",)),
    ("Kaya Oyelundé", ("Gold Thread",), ("Gold Thread", "Market Day, Rain")),
    ("The Unlikely Cartographers", ("Here Be", "Dragons"), ("Legend and Scale",)),
    ("Velvet Tidepool", ("Anemone",), ("Anemone", "Low Water")),
    ("Halcyon Bicycle Club", ("Second Gear",), ("Second Gear", "Downhill, No Hands")),
    ("Πέτρινος Κήπος", ("Θάλασσα μέσα",), ("Θάλασσα μέσα",)),
    ("Mothership Laundry", ("Spin Cycle",), ("Delicates",)),
    ("Ксения Дождева", ("Письма",), ("Письма без марки",)),
    ("Lumi Ketterholm", ("Polar Day",), ("Polar Day", "Polar Night")),
    ("=SUM(Feelings)", ("<b>Boldly</b>",), ("'; DROP TABLE hearts; --",)),
    ("The Borrowed Umbrellas", ("Return to Sender",), ("Left on the 28",)),
    ("Saffron Elevator", ("Floors", "Lobby"), ("Going Up",)),
    ("Pequena Central Eléctrica", ("Volta",), ("Volta", "Rua sem Saída")),
    ("Grandfather Comet", ("Seventy-Six",), ("See You in Seventy-Six",)),
    ("Moss & Mirror", ("Understorey",), ("Understorey",)),
    ("Copper Hourglass", ("Sandfall",), ("Turn It Over",)),
    ("Yūgure Bicycle", ("坂道",), ("坂道", "Hill Song")),
    ("Outback Ferry Service", ("No Sea for Miles",), ("No Sea for Miles",)),
    ("The Weatherboard Saints", ("Verandah",), ("Verandah", "Forty Degrees")),
    ("Magpie Telephone", ("Swooping Season",), ("Swooping Season", "Call Waiting")),
    ("Quiet Excavator", ("Topsoil",), ("Topsoil",)),
    ("Nana Kobayakawa-Lund", ("Two Passports",), ("Two Passports", "Arrivals")),
    ("Ångström Choir", ("Small Distances",), ("Small Distances",)),
    ("Şimal Rüzgâr", ("Kuzey",), ("Kuzey",)),
    ("Postcards from Kerguelen", ("Cabbage",), ("Wish You Were Fewer",)),
    ("Static Apiary", ("Hum",), ("Hum", "Queenless")),
    ("Bandoneon Sunday", ("Siesta",), ("Siesta",)),
    ("The Tender Machines", ("Warm Parts", "Spare Parts"), ("Warm Parts",)),
    ("Fennel & the Night Buses", ("N7",), ("N7", "Top Deck")),
    ("Winterberry Static", ("Frost Pattern",), ("Frost Pattern",)),
    ("Orchestra of Small Keys", ("Lockbox",), ("Lockbox",)),
)

# A song with guests, by its title: their names follow the primary artist in the credit.
_GUESTS = {
    "Salt on the Windowsill": ("Kaya Oyelundé",),
    "夜の電波": ("Lumi Ketterholm",),
    "Deep End Etiquette": ("Tin Moth", "Velvet Tidepool"),
    "Verandah": ("Magpie Telephone",),
    "Gold Thread": ("Marrowglass",),
    "Two Passports": ("Sōten Radio",),
    "Halbschatten": ("Ksenia & the Trams",),
    "Going Up": ("DJ Quillfish",),
}


@dataclass(frozen=True)
class Song:
    """One recording; the title is bare, its guests are in `artist_names`, primary first."""

    title: str
    artist_names: tuple[str, ...]
    album: str
    duration_ms: int
    spotify_uri: str
    isrc: str

    @property
    def title_with_guests(self) -> str:
        """The title as services show it that name only one artist beside it."""
        guests = self.artist_names[1:]
        return f"{self.title} (feat. {' & '.join(guests)})" if guests else self.title

    @property
    def artist_credit(self) -> str:
        """The artists as one text: "A feat. B & C"."""
        first, *guests = self.artist_names
        return f"{first} feat. {' & '.join(guests)}" if guests else first


def invented_uuid(kind: str, name: str) -> str:
    """A well-formed random-looking UUID for a name: the same for the same name."""
    digest = bytearray(hashlib.sha256(f"{kind}\x1f{name}".encode()).digest()[:16])
    digest[6], digest[8] = digest[6] & 0x0F | 0x40, digest[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(digest)))


def invented_uri(kind: str, name: str) -> str:
    """A Spotify address of a valid form, such as `spotify:track:` and 22 characters."""
    number = int.from_bytes(hashlib.sha256(f"{kind}\x1f{name}".encode()).digest()[:16], "big")
    return f"spotify:{kind}:" + "".join(_BASE62[number // 62**place % 62] for place in reversed(range(22)))


def songs() -> dict[str, list[Song]]:
    """The songs of each artist, the named ones first; depends on no seed."""
    found: dict[str, list[Song]] = {}
    for index, (artist, albums, named) in enumerate(_ARTISTS):
        count = SONGS_PER_ALBUM * len(albums)
        numbers = np.arange(count) * 389 + index * 1_223
        others = titles(numbers % 4_096, numbers % 5).to_list()
        found[artist] = [
            _song(artist, title, albums[place // SONGS_PER_ALBUM], index * 100 + place)
            for place, title in enumerate([*named, *others[len(named) :]])
        ]
    return found


def _song(artist: str, title: str, album: str, number: int) -> Song:
    name = f"{artist}\x1f{title}"
    length = 150_000 + int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % 150_000
    return Song(title, (artist, *_GUESTS.get(title, ())), album, length, invented_uri("track", name), f"ZZHH7{20 + number % 6}{number:05}")
