"""Removes what services add to titles and credits."""

from __future__ import annotations

import polars as pl

from wrapped_assets.kernels.texts import normalised

_FEATURING_WORD = r"(?:feat\.?|ft\.?|featuring)"
_FEATURING = rf"(?i)\s+{_FEATURING_WORD}\s+"
# "(feat. B)", "[with B]"; without brackets the guests end at the next " - ": "A feat. B - Live".
_IN_BRACKETS = rf"(?i)\s*[\(\[]\s*(?:{_FEATURING_WORD}|with|w/)\s+([^\)\]]*)[\)\]]"
_WORD, _LATER_WORD = r"[^()\[\]\s]+", r"(?:[^()\[\]\s-]|-[^()\[\]\s])[^()\[\]\s]*"
_BARE = rf"(?i)(?:\s+-)?\s+{_FEATURING_WORD}\s+({_WORD}(?:\s+{_LATER_WORD})*)"
_JOINS = r"(?:\s*(?:,|;|/|&|\+|•|\sand\s|\sx\s|\swith\s)\s*)+"

# The words of version notes, in lower case. A note needs at least one mark; the other words may accompany it.
_BESIDE = (
    r"(?:\d{4}|\d+(?:st|nd|rd|th)|anniversary|digital(?:ly)?|original|new|super|special|the|in|re|hd|hi-res|mono|stereo|single|album|"
    r"ep|lp|radio|full|long|short|main|bonus|track|explicit|clean|deluxe|expanded|uk|us|\d+\"|version|edition|mix|edit|and|&|/)"
)
_REMASTER = r"(?:remaster(?:ed|ing)?)"
_VERSION = (
    r"(?:remaster(?:ed|ing)?|(?:album|single|radio|original|explicit|clean|full|long|short|main|ep|lp|mono|stereo|\d{4}|\d+\")\s+"
    r"(?:version|edit|mix)|(?:deluxe|expanded|special|anniversary)\s+(?:edition|version)|bonus track|mono|stereo|explicit|deluxe)"
)


def _note(mark: str) -> str:
    """A pattern for a version note at a title's end, after " - " or in brackets, made of marks and their companion words."""
    words = rf"(?:{_BESIDE}[\s/,]+)*{mark}(?:[\s/,]+(?:{_BESIDE}|{mark}))*"
    return rf"(?:\s+[-/]\s+{words}|\s*[\(\[]\s*{words}\s*[\)\]])\s*$"


_REMASTER_NOTE, _VERSION_NOTE = _note(_REMASTER), _note(_VERSION)
_TOPIC = r"\s+-\s+topic$"
_CREDIT_END = r"\s*(?:,|;|/|&|\+|•|\sand\s|\sx\s|\svs\.?\s|\swith\s|\s[\(\[]?(?:feat\.?|ft\.?|featuring)\s).*$"
_NOT_LETTERS = r"[^\p{L}\p{N}]"
_ACCENTS = r"[\x{0300}-\x{036F}]"


def featured_in(title: pl.Expr) -> pl.Expr:
    """The guests that a title names: "(feat. B)", "[ft. B]", "(with B)", "- feat. B", "feat. B"; null if there are none."""
    return pl.coalesce(title.str.extract(_IN_BRACKETS, 1), title.str.extract(_BARE, 1))


def without_featuring(title: pl.Expr) -> pl.Expr:
    """A title without its guests, or the title itself if nothing else would be left."""
    return _unless_empty(title.str.replace_all(_IN_BRACKETS, "").str.replace(_BARE, ""), title)


def without_remaster(title: pl.Expr) -> pl.Expr:
    """A normalised title without "- 2011 Remaster", "(Remastered)" and the like. Live, remix and acoustic stay."""
    return _unless_empty(title.str.replace(_REMASTER_NOTE, ""), title)


def remaster_year(title: pl.Expr) -> pl.Expr:
    """The year of a title's remaster; null if it names none."""
    year = rf"(?i)(?:(\d{{4}})[\w\s]*{_REMASTER}|{_REMASTER}[\sa-z]*(\d{{4}}))"
    return pl.coalesce(title.str.extract(year, 1), title.str.extract(year, 2)).cast(pl.Int64)


def without_version(title: pl.Expr) -> pl.Expr:
    """A normalised title without remaster, album version, single version, radio edit, mono and the like. Live and remix stay."""
    return _unless_empty(title.str.replace(_VERSION_NOTE, "").str.replace(_VERSION_NOTE, ""), title)


def without_topic(artist: pl.Expr) -> pl.Expr:
    """A normalised artist without the " - topic" of a YouTube channel."""
    return artist.str.replace(_TOPIC, "")


def first_credited(artist: pl.Expr) -> pl.Expr:
    """The first name of a normalised credit, which is "a" for "a & b", "a, b" and "a x b"."""
    return _unless_empty(artist.str.replace(_CREDIT_END, ""), artist)


def folded(text: pl.Expr) -> pl.Expr:
    """The letters and digits of a normalised text without accents, or the text itself if it has none."""
    return text.map_batches(_folded, return_dtype=pl.String)


def _folded(texts: pl.Series) -> pl.Series:
    bare = texts if texts.str.contains(r"[^\x00-\x7F]").sum() == 0 else texts.str.normalize("NFKD").str.replace_all(_ACCENTS, "")
    letters = bare.str.replace_all(_NOT_LETTERS, "")
    return letters.zip_with(letters.str.len_bytes() > 0, texts).alias(texts.name) if letters.null_count() == 0 else _folded_nulls(texts)


def _folded_nulls(texts: pl.Series) -> pl.Series:
    rows = texts.is_not_null().arg_true()
    return texts.clone().scatter(rows, _folded(texts.gather(rows))) if len(rows) else texts


def names_key(names: pl.Expr) -> pl.Expr:
    """A key of normalised names that does not depend on their order or on how they are joined."""
    parts = names.str.replace_all(_JOINS, ",").str.strip_chars(" ,").str.split(",")
    return parts.list.unique().list.sort().list.join(",")


def credited(artist_credit: pl.Expr) -> pl.Expr:
    """The artists of a displayed credit, primary first: "A feat. B" is one credit and two artists.

    Only "feat.", "ft." and "featuring" separate artists, because "&", "and" and commas are part of too many names.
    """
    return artist_credit.str.replace_all(_FEATURING, "\x1f").str.strip_chars(" \x1f").str.split("\x1f")


def song_key(title: pl.Expr, primary: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """A key of title and primary artist from displayed names, for comparison between services; looser than a recording's id."""
    bare = without_version(without_featuring(normalised(title)))
    return folded(bare), folded(first_credited(without_topic(normalised(primary))))


def _unless_empty(bare: pl.Expr, otherwise: pl.Expr) -> pl.Expr:
    stripped = bare.str.strip_chars()
    return pl.when(stripped != "").then(stripped).otherwise(otherwise)
