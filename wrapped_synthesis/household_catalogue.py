"""What a catalogue knows of the household's artists: where they come from, when their albums came out, and their genres."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from wrapped_synthesis.household_music import SONGS_PER_ALBUM, Song, invented_uuid

# Each artist: country, place, genres (closest first), and the year of each album, in the order in which the music has them. Whom the
# household's music has and this table has not, no catalogue knows; so it is with every real one.
_ARTISTS: dict[str, tuple[str, str | None, tuple[str, ...], tuple[int, ...]]] = {
    "Marrowglass": ("IE", "Galway", ("dream pop", "shoegaze"), (2025, 2022)),
    "The Paper Lighthouses": ("GB", "Glasgow", ("indie rock", "jangle pop"), (2009, 2012)),
    "Ólafía Brennivík": ("IS", "Reykjavík", ("indie folk", "singer-songwriter"), (2011,)),
    "Sōten Radio": ("JP", "Osaka", ("shibuya-kei", "synth-pop"), (2021, 2023)),
    "Brass Otter Parade": ("AU", "Hobart", ("jazz", "brass band"), (1999,)),
    "Ninefold Harbour": ("GB", "Bristol", ("trip hop", "downtempo"), (1998, 2001)),
    "Teodora Verrazul": ("MX", "Guadalajara", ("bolero", "nueva canción"), (2007,)),
    "DJ Quillfish": ("NL", "Rotterdam", ("house", "downtempo"), (2019, 2022)),
    "Gruppe Zwielicht": ("DE", "Berlin", ("krautrock", "ambient"), (1981,)),
    "Tin Moth": ("US", "Portland", ("slowcore", "indie rock"), (2008, 2013)),
    "Kaya Oyelundé": ("NG", "Lagos", ("afrobeats", "soul"), (2025,)),
    "The Unlikely Cartographers": ("CA", "Toronto", ("post-rock",), (2018, 2020)),
    "Velvet Tidepool": ("FR", "Nantes", ("dream pop", "synth-pop"), (2022,)),
    "Halcyon Bicycle Club": ("AU", "Melbourne", ("jangle pop", "indie rock"), (2002,)),
    "Πέτρινος Κήπος": ("GR", "Thessaloniki", ("rebetiko",), (1974,)),
    "Mothership Laundry": ("US", "Detroit", ("funk", "soul"), (2025,)),
    "Ксения Дождева": ("EE", "Tallinn", ("singer-songwriter",), (2016,)),
    "Lumi Ketterholm": ("FI", "Tampere", ("ambient", "contemporary classical"), (2020,)),
    "=SUM(Feelings)": ("PT", "Porto", ("electronic",), (2010,)),
    "The Borrowed Umbrellas": ("GB", "Manchester", ("post-punk",), (1983,)),
    "Saffron Elevator": ("IN", "Mumbai", ("jazz", "downtempo"), (2001, 2004)),
    "Pequena Central Eléctrica": ("PT", "Lisbon", ("fado", "electronic"), (2009,)),
    "Grandfather Comet": ("US", None, ("psychedelic rock",), (1976,)),
    "Moss & Mirror": ("SE", "Gothenburg", ("indie folk",), (2014,)),
    "Yūgure Bicycle": ("JP", "Tokyo", ("city pop", "shibuya-kei"), (2023,)),
    "Outback Ferry Service": ("AU", "Alice Springs", ("country",), (1997,)),
    "The Weatherboard Saints": ("AU", "Melbourne", ("alternative country", "indie rock"), (2000,)),
    "Magpie Telephone": ("AU", "Melbourne", ("post-punk", "indie rock"), (2003,)),
    "Quiet Excavator": ("NZ", "Dunedin", ("post-rock",), (1996,)),
    "Nana Kobayakawa-Lund": ("DK", "Aarhus", ("singer-songwriter", "indie folk"), (2021,)),
    "Ångström Choir": ("SE", "Uppsala", ("contemporary classical",), (2019,)),
    "Şimal Rüzgâr": ("TR", "Trabzon", ("psychedelic rock",), (1973,)),
    "Postcards from Kerguelen": ("FR", "Brest", ("slowcore",), (2005,)),
    "Static Apiary": ("CA", "Montréal", ("post-rock", "ambient"), (2024,)),
    "Bandoneon Sunday": ("AR", "Buenos Aires", ("tango",), (1968,)),
    "The Tender Machines": ("DE", "Cologne", ("synth-pop",), (1984, 1986)),
    "Fennel & the Night Buses": ("GB", "London", ("indie rock",), (2012,)),
    "Winterberry Static": ("NO", "Bergen", ("shoegaze",), (2025,)),
}
# Albums that nobody of the household has heard: artist, album, tracks, year.
_UNHEARD = (
    ("The Paper Lighthouses", "Low Beam", 10, 2025),
    ("Sōten Radio", "終電", 8, 2025),
    ("Magpie Telephone", "Please Hold", 9, 2025),
    ("Ólafía Brennivík", "Dagsbirta", 7, 2025),
    ("Lumi Ketterholm", "Civil Twilight", 6, 2024),
)
_TREE: dict[str, tuple[str, ...]] = {
    "rock": ("indie rock", "post-punk", "shoegaze", "psychedelic rock", "krautrock", "post-rock", "slowcore"),
    "indie rock": ("jangle pop",),
    "pop": ("dream pop", "synth-pop", "city pop", "shibuya-kei"),
    "folk": ("indie folk", "singer-songwriter", "fado", "rebetiko"),
    "electronic": ("ambient", "downtempo", "house", "trip hop"),
    "country": ("alternative country",),
    "latin": ("bolero", "nueva canción", "tango"),
    "jazz": ("brass band",),
    "r&b": ("soul", "funk"),
    "african": ("afrobeats",),
    "classical": ("contemporary classical",),
}
_ALIASES = {"alternative country": ("alt-country",), "r&b": ("rhythm and blues",), "electronic": ("electronica",)}
# Where the household's people and artists live; the inhabitants are rounded.
_PLACES = (
    ("Lisbon", "PT", 550_000), ("Porto", "PT", 230_000), ("Melbourne", "AU", 5_000_000), ("Hobart", "AU", 200_000),
    ("Tokyo", "JP", 9_700_000), ("Osaka", "JP", 2_750_000), ("Berlin", "DE", 3_700_000), ("Cologne", "DE", 1_080_000),
    ("Glasgow", "GB", 630_000), ("Bristol", "GB", 470_000), ("London", "GB", 8_900_000), ("Manchester", "GB", 550_000),
    ("Galway", "IE", 85_000), ("Reykjavík", "IS", 140_000), ("Guadalajara", "MX", 1_390_000), ("Rotterdam", "NL", 660_000),
    ("Toronto", "CA", 2_800_000), ("Montréal", "CA", 1_760_000), ("Lagos", "NG", 15_000_000), ("Buenos Aires", "AR", 3_100_000),
    ("Mumbai", "IN", 12_400_000),
)  # fmt: skip


def household_catalogue(music: dict[str, list[Song]]) -> dict[str, bytes]:
    """The catalogue's own tables as CSV, by file name."""
    known = [(artist, _ARTISTS[artist], of_artist) for artist, of_artist in music.items() if artist in _ARTISTS]
    artists = [(artist, _mbid(artist), about[0], about[1], "|".join(about[2])) for artist, about, _ in known]
    groups, recordings = [], []
    for artist, (_, _, genres, years), of_artist in known:
        for number, year in enumerate(years):
            album = of_artist[number * SONGS_PER_ALBUM : (number + 1) * SONGS_PER_ALBUM]
            groups.append((album[0].album, artist, _mbid(artist), len(album), year, "|".join(genres)))
            recordings += [
                (song.title, "|".join(song.artist_names), song.isrc, song.spotify_uri, song.album, place, year, song.duration_ms, genre)
                for place, song in enumerate(album, 1)
                for genre in [genres[(place + number) % len(genres)] if place % SONGS_PER_ALBUM else None]
            ]
    groups += [(album, artist, _mbid(artist), tracks, year, "|".join(_ARTISTS[artist][2])) for artist, album, tracks, year in _UNHEARD]
    below = {kind: root for root, kinds in _TREE.items() for kind in kinds}
    tree = [(genre, below.get(genre), "|".join(_ALIASES.get(genre, ()))) for genre in dict.fromkeys([*_TREE, *below])]
    return {
        "artists.csv": _csv("artist_name artist_mbid country place_name genre_names", artists),
        "release_groups.csv": _csv("release_group_name artist_name artist_mbid track_count release_year genre_names", groups),
        "recordings.csv": _csv(
            "recording_name artist_names isrc spotify_uri release_group_name track_position release_year duration_ms genre_names",
            recordings,
        ),
        "genres.csv": _csv("genre_name parent_genre_name genre_aliases", tree),
        "places.csv": _csv("place_name country inhabitants", _PLACES),
    }


def _mbid(artist: str) -> str:
    return invented_uuid("artist", artist)


def _csv(header: str, rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8, with the same line ends everywhere."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(header.split())
    writer.writerows(rows)
    return target.getvalue().encode()
