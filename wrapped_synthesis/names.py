"""Invented names, put together from syllables and words, among them texts that a careless page or sheet would execute."""

from __future__ import annotations

import numpy as np
import polars as pl


def _listed(words: str) -> list[str]:
    return words.split()


# Three of these make 64³ artists without a collision; folding accents away keeps them apart.
_SYLLABLES = _listed(
    "vel mor tha quin zor bel ash dru fen gral hul ip jor kes lum nax olv pem ral sib tov ulm vash wex yor zeb brin cor dax elf "
    "fyr gom hax ilm jun krel lod myr nov oth plu rix sken twi uza vok wim xan yel zim aëd böl çet dün éri fjó ğan håv ïsk ñul "
    "šar þor žil ømb"
)

_FIRST_WORDS = _listed(
    "Paper Copper Velvet Hollow Winter Neon Quiet Broken Silver Distant Ivory Crooked Burning Salt Second Glass Amber Lazy Electric "
    "Tidal Forgotten Northern Lucky Static Midnight Tender Rusted Golden Borrowed Thirteen Wild Empty Softest Concrete Polar Sunken "
    "Painted Crystal Lonely Magnetic Secret Feral Violet Restless Wooden Hidden Plastic Gentle Falling Foreign Sleeping Sudden Été "
    "Über Señal Ночная 夜の Ljósa Żółta Σιωπηλή Küçük Sötét Första Última"
)
_LAST_WORDS = _listed(
    "Harbour Lanterns Machine Orchard Letters Weather Satellite Garden Engine Mirror Parade River Kitchen Antenna Moth Cathedral Bicycle "
    "Thunder Pavement Compass Heron Window Signal Museum Balcony Tide Otter Elevator Forest Telephone Marble Sparrow Umbrella Volcano "
    "Desert Staircase Blanket Lighthouse Carousel Needle Comet Pocket Avenue Anchor Meadow Curtain Trumpet Island Ladder Hourglass "
    "Whisper Chimney Postcard Radio 海 Дождь Straße Corazón Été-là Świt Ørken Çiçek Kōya Θάλασσα"
)
_SONG_FORMS = (
    "{} {}", "{} {}", "{} {}", "{} {}", "The {} {}", "{} {} (Live at the Old Pier)", "{} {} – Interlude", "My {} {}", "{} & {}", "{}/{}",
    "{} {}, Pt. 2", "“{}” {}", "{} {}?", "O {} {}", "{}’s {}", "{} {} - Remastered",
)  # fmt: skip
_ARTIST_FORMS = ("{}", "{}", "{}", "The {}s", "DJ {}", "{} & the Lanterns", "{} Quartet", "MC {}", "{} Ensemble", "{}, Jr.")

# Harmless where text stays text. No name here does anything; each has once broken somebody's sheet, page or query.
HOSTILE = (
    "=SUM(1)", "<b>bold</b>", '"quoted" and \'quoted\'', "'; DROP TABLE listens; --", "{{ 7 * 7 }}", "../../etc/passwd", "+1+1", "@mention",
    "Line\u2028Break", "مرحبا بالعالم", "a,b;c\td", "&amp;lt;", "👩‍🎤 🎸", "%s %d ${HOME}", "-2+3", "NULL",
)  # fmt: skip


def artist_names(count: int) -> pl.Series:
    """`count` different artist names."""
    if count > len(_SYLLABLES) ** 3:
        raise ValueError(f"expected at most {len(_SYLLABLES) ** 3:,} artists, got {count:,}")
    # An odd multiplier permutes the 2¹⁸ triples, so that neighbours do not sound alike.
    core = (np.arange(count, dtype=np.uint32) * 104_729 + 7_919) % len(_SYLLABLES) ** 3
    parts = [_words(_SYLLABLES, core >> shift & 63) for shift in (0, 6, 12)]
    cores = pl.select(pl.concat_str(parts).str.to_titlecase()).to_series()
    return _formed(cores, None, _ARTIST_FORMS, (core >> 3) % len(_ARTIST_FORMS))


def titles(numbers: np.ndarray, forms: np.ndarray) -> pl.Series:
    """A title per number; numbers that differ below 4,096 make titles that differ."""
    return _formed(_words(_FIRST_WORDS, numbers >> 6 & 63), _words(_LAST_WORDS, numbers & 63), _SONG_FORMS, forms % len(_SONG_FORMS))


def with_hostile(names: pl.Series, every: int) -> pl.Series:
    """The names, where one in `every` of the first ones is a text of `HOSTILE`."""
    places = list(range(every // 2, len(names), every))[: len(HOSTILE)]
    return names.scatter(places, list(HOSTILE[: len(places)]))


def _words(words: list[str], numbers: np.ndarray) -> pl.Series:
    return pl.Series(words).gather(numbers.astype(np.uint32))


def _formed(first: pl.Series, second: pl.Series | None, forms: tuple[str, ...], form: np.ndarray) -> pl.Series:
    """Each form's text around the words. Cheaper than formatting row by row: before, between and after are gathered."""
    pieces = [text.split("{}") for text in forms]
    columns = [_words([piece[0] for piece in pieces], form), first, _words([piece[1] for piece in pieces], form)]
    if second is not None:
        columns += [second, _words([piece[2] for piece in pieces], form)]
    return pl.select(pl.concat_str([pl.lit(column) for column in columns])).to_series()
