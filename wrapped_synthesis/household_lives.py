"""The four people of the household: what each year brought them, declared rather than told play by play."""

from __future__ import annotations

from dataclasses import dataclass, field

MonthDay = tuple[int, int]


@dataclass(frozen=True)
class Life:
    """One listener. Events without a year happen in the last year."""

    name: str
    time_zone: str
    country: str
    place: str
    birth_year: int | None
    active_share: float  # of days
    hours: tuple[int, ...]  # the hours in which sessions start, repeated for their weight
    favourites: tuple[str, ...]  # most loved first
    comeback: str  # heard until March of the first year, and again from May of the last
    discoveries: dict[str, int] = field(default_factory=dict)  # artist: the month of the last year in which they are found
    summer: tuple[str, str, tuple[int, int]] | None = None  # artist, title, first and last month of that summer
    streak: tuple[MonthDay, MonthDay] | None = None  # a session on every day from the one to the other
    away: tuple[MonthDay, MonthDay] | None = None  # no session on any day of it
    on_repeat: tuple[MonthDay, str, str, int] | None = None  # day, artist, title, how often
    visits: tuple[tuple[MonthDay, str, str], ...] = ()  # single listens: day, artist, title
    long_night: MonthDay | None = None  # from nine in the evening for seven and a half hours


MIRA = Life(
    name="mira",
    time_zone="Europe/Lisbon",
    country="PT",
    place="Lisbon",
    birth_year=1991,
    active_share=0.66,
    hours=(8, 8, 9, 13, 17, 18, 18, 19, 20, 21, 21, 22, 23),
    favourites=(
        *("The Paper Lighthouses", "Pequena Central Eléctrica", "Ninefold Harbour", "Tin Moth", "DJ Quillfish", "Teodora Verrazul"),
        *("Fennel & the Night Buses", "Ólafía Brennivík", "The Tender Machines", "=SUM(Feelings)", "Copper Hourglass", "Moss & Mirror"),
    ),
    comeback="Grandfather Comet",
    discoveries={
        "Velvet Tidepool": 2,
        "Sōten Radio": 3,
        "Static Apiary": 4,
        "Marrowglass": 6,
        "Kaya Oyelundé": 7,
        "Gruppe Zwielicht": 9,
        "Πέτρινος Κήπος": 10,
    },
    summer=("Marrowglass", "Salt on the Windowsill", (6, 8)),
    streak=((3, 3), (5, 29)),
    away=((9, 8), (9, 19)),
    on_repeat=((10, 17), "Ólafía Brennivík", "Ljósaskipti", 27),
    long_night=(11, 7),
)

JARRAH = Life(
    name="jarrah",
    time_zone="Australia/Melbourne",
    country="AU",
    place="Melbourne",
    birth_year=1984,
    active_share=0.58,
    hours=(6, 7, 7, 8, 8, 12, 16, 17, 17, 18, 20, 22, 23),
    favourites=(
        *("The Weatherboard Saints", "Magpie Telephone", "Outback Ferry Service", "The Paper Lighthouses", "Quiet Excavator"),
        *("Halcyon Bicycle Club", "Ninefold Harbour", "Saffron Elevator", "The Borrowed Umbrellas", "Postcards from Kerguelen"),
    ),
    comeback="Brass Otter Parade",
    discoveries={"Marrowglass": 1, "Nana Kobayakawa-Lund": 3, "Mothership Laundry": 5, "Şimal Rüzgâr": 8, "Winterberry Static": 11},
    summer=("The Weatherboard Saints", "Forty Degrees", (1, 2)),
    streak=((7, 1), (8, 9)),
    away=((4, 12), (4, 27)),
    on_repeat=((6, 21), "Magpie Telephone", "Call Waiting", 19),
    long_night=(10, 4),  # summer time begins in that night
)

KAEDE = Life(
    name="kaede",
    time_zone="Asia/Tokyo",
    country="JP",
    place="Tokyo",
    birth_year=2001,
    active_share=0.62,
    hours=(0, 0, 1, 2, 7, 12, 15, 18, 21, 22, 22, 23, 23),
    favourites=(
        *("Sōten Radio", "Yūgure Bicycle", "DJ Quillfish", "Lumi Ketterholm", "Nana Kobayakawa-Lund", "Velvet Tidepool"),
        *("The Unlikely Cartographers", "Orchestra of Small Keys", "Ångström Choir", "The Paper Lighthouses"),
    ),
    comeback="Bandoneon Sunday",
    discoveries={"Marrowglass": 4, "Ксения Дождева": 5, "Magpie Telephone": 8, "Tin Moth": 9, "Kaya Oyelundé": 12},
    summer=("Yūgure Bicycle", "坂道", (7, 8)),
    streak=((1, 10), (2, 23)),
    away=((8, 11), (8, 17)),
    on_repeat=((12, 24), "Lumi Ketterholm", "Polar Night", 16),
    long_night=(12, 31),  # into the next year, so that the edition's edge cuts it
)

# Oskar has just arrived: three listens, below what an edition needs.
OSKAR = Life(
    name="oskar",
    time_zone="Europe/Berlin",
    country="DE",
    place="Berlin",
    birth_year=None,
    active_share=0.0,
    hours=(20,),
    favourites=("Gruppe Zwielicht", "Marrowglass", "The Paper Lighthouses"),
    comeback="Gruppe Zwielicht",
    visits=(
        ((12, 5), "Gruppe Zwielicht", "Halbschatten"),
        ((12, 6), "Marrowglass", "Salt on the Windowsill"),
        ((12, 14), "Gruppe Zwielicht", "Straßenbahn um vier"),
    ),
)

LIVES = (MIRA, JARRAH, KAEDE, OSKAR)

# What they agreed to: listener, purpose, state, and since when. Kaede thought better of being counted on posters, and Oskar was
# asked for nothing but the group. The others show each other what they play.
CONSENTS: tuple[tuple[str, str, str, str], ...] = (
    ("mira", "be_found", "given", "2024-01-05T18:20:00Z"),
    ("mira", "recommend", "given", "2024-01-05T18:20:00Z"),
    ("mira", "group", "given", "2024-01-05T18:20:00Z"),
    ("mira", "share_plays", "given", "2024-01-05T18:20:00Z"),
    ("mira", "marketing", "given", "2024-01-05T18:21:00Z"),
    ("mira", "charts", "given", "2024-01-05T18:21:00Z"),
    ("mira", "artist_statistics", "given", "2024-01-05T18:21:00Z"),
    ("mira", "fan_naming", "refused", "2024-01-05T18:21:00Z"),
    ("jarrah", "be_found", "given", "2024-02-11T09:00:00Z"),
    ("jarrah", "recommend", "given", "2024-02-11T09:00:00Z"),
    ("jarrah", "group", "given", "2024-02-11T09:00:00Z"),
    ("jarrah", "share_plays", "given", "2024-02-11T09:00:00Z"),
    ("jarrah", "charts", "given", "2024-02-11T09:01:00Z"),
    ("jarrah", "artist_statistics", "objected", "2024-02-11T09:01:00Z"),
    ("kaede", "be_found", "given", "2024-03-02T14:45:00Z"),
    ("kaede", "recommend", "given", "2024-03-02T14:45:00Z"),
    ("kaede", "group", "given", "2024-03-02T14:45:00Z"),
    ("kaede", "share_plays", "given", "2024-03-02T14:45:00Z"),
    ("kaede", "marketing", "given", "2024-03-02T14:45:00Z"),
    ("kaede", "marketing", "withdrawn", "2025-06-30T11:00:00Z"),
    ("oskar", "group", "given", "2025-12-05T20:00:00Z"),
)
GROUPS: dict[str, tuple[str, ...]] = {"home": tuple(life.name for life in LIVES)}
