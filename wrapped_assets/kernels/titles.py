"""Removes what services add to titles and credits."""

from __future__ import annotations

import polars as pl

from wrapped_assets.kernels.texts import changed_where, normalised, of_each_distinct

_FEATURING_WORD = r"(?:feat\.?|ft\.?|featuring)"
_FEATURING = rf"(?i)\s+{_FEATURING_WORD}\s+"
# "(feat. B)", "[with B]"; without brackets the guests end at the next " - ": "A feat. B - Live".
_OPEN, _CLOSE = r"[\(\[{<（［｛【〔]", r"[\)\]}>）］｝】〕]"
_BRACKETED_WORD = rf"(?:(?:{_FEATURING_WORD}|duet\s+with|with|f\.):?\s+|[wf]/\s*|{_FEATURING_WORD}:)"
_IN_BRACKETS = rf"(?i)\s*{_OPEN}\s*{_BRACKETED_WORD}\s*([^\)\]}}>）］｝】〕]*){_CLOSE}"
_WORD, _LATER_WORD = r"[^()\[\]\s]+", r"(?:[^()\[\]\s-]|-[^()\[\]\s])[^()\[\]\s]*"
_BARE = rf"(?i)(?:(?:\s+[-–—])?\s+{_FEATURING_WORD}|\s+[-–—]\s+with)\s+({_WORD}(?:\s+{_LATER_WORD})*)"
_JOINS = r"(?:\s*(?:,|;|/|&|\+|•|\sand\s|\sx\s|\swith\s)\s*)+"

# The words of version notes, in lower case. A note needs at least one mark; the other words may accompany it.
_BESIDE = (
    r"(?:\d{4}|\d+(?:st|nd|rd|th)|anniversary|digital(?:ly)?|original|new|super|special|the|in|re|hd|hi-res|mono|stereo|single|album|"
    r"ep|lp|radio|full|long|short|main|bonus|track|explicit|clean|deluxe|expanded|uk|us|\d+\"|version|versión|versão|edition|mix|edit|and|en|em|de|del|&|/)"
)
_REMASTER = r"(?:remaster(?:ed|ing|i[sz]ad[oa]|izat|izzat[oa]|isée?|t)?|remastérisée?|リマスター|重制版?)"
_VERSION = (
    rf"(?:{_REMASTER}|(?:album|single|radio|original|explicit|clean|full|long|short|main|ep|lp|mono|stereo|\d{4}|\d+\")\s+"
    r"(?:version|edit|mix)|(?:deluxe|expanded|special|anniversary)\s+(?:edition|version)|bonus track|mono|stereo|explicit|deluxe)"
)


def _note(mark: str) -> str:
    """A pattern for a version note at a title's end, after " - " or in brackets, made of marks and their companion words."""
    words = rf"(?:{_BESIDE}[\s/,]+)*{mark}(?:[\s/,]+(?:{_BESIDE}|{mark}))*"
    return rf"(?:\s+[-/]\s+{words}|\s*[\(\[]\s*{words}\s*[\)\]])\s*$"


_REMASTER_NOTE, _VERSION_NOTE = _note(_REMASTER), _note(_VERSION)
_TOPIC = r"(?:\s+-\s+topic|\s*vevo|\s+[\(\[]?official(?:\s+(?:artist\s+)?channel)?[\)\]]?)$"
_CREDIT_END = (
    r"\s*(?:,|;|/|&|\+|•|·|×|、|\s(?:and|und|et|y|e|och|og|x|vs\.?|with|pres\.|presents)\s|"
    r"\s[\(\[]?(?:feat\.?|ft\.?|featuring)\s).*$"
)
# What video services and soundtracks add at a title's end: "(Official Video)", "[Lyrics]", "(prod. B)", "- From "The Film"".
_SEEN = r"(?:official|video|videoclip|audio|lyrics?|visuali[sz]er|oficial|officiel|offizielles?|hd|hq|4k|music video|clip)"
_ORIGIN = rf"(?:\s*{_OPEN}\s*(?:prod\.?|produced\s+by|from)\s[^\)\]]*{_CLOSE}|\s+-\s+from\s.*)\s*$"
_VIDEO_NOTE = rf"\s*(?:{_OPEN}\s*(?:(?:music|4k|the)\s+)*{_SEEN}(?:\s+(?:{_SEEN}|music|version))*\s*{_CLOSE}|[-|]\s+official\s+{_SEEN})\s*$"
_ENTITY = r"&(?:amp|quot|apos|lt|gt|#x?[0-9a-f]+);"  # some exports write names as in HTML
# Marks that a title may lack: accents, Hebrew and Arabic points, keycaps, variation selectors. Other marks, such as the vowel signs of
# Devanagari and Thai or the voicing of kana, make another letter.
_NOT_LETTERS = r"[^\p{L}\p{N}\p{M}]|\x{0640}"
_POINTS = r"\x{0591}-\x{05C7}\x{0610}-\x{061A}\x{064B}-\x{065F}\x{0670}\x{06D6}-\x{06ED}"
_ACCENTS = rf"[\x{{0300}}-\x{{036F}}{_POINTS}\x{{20D0}}-\x{{20FF}}\x{{FE00}}-\x{{FE0F}}]"
# Letters that are other letters with a mark but that Unicode does not decompose, and words with a short form.
_WRITTEN_OUT = (("ß", "ss"), ("æ", "ae"), ("œ", "oe"), ("ø", "o"), ("ł", "l"), ("đ", "d"), ("ð", "d"), ("þ", "th"), ("ı", "i"))
_NUMBERS = ("i|one", "ii|two", "iii|three", "iv|four", "v|five", "vi|six", "vii|seven", "viii|eight", "ix|nine", "x|ten")
_SHORT_FORMS = (
    (r"\bpt\b\.?", "part"), (r"\bvol\b\.?", "volume"), (r"\s&\s", " and "),
    *((rf"\b(part|volume)\s+(?:{words})\b", f"${{1}} {number}") for number, words in enumerate(_NUMBERS, 1)),
)  # fmt: skip
# What a text must have for a change to do anything. Most names have none of it, and need no costly pattern.
_OUTER_SPACE = r"|^\s|\s$"
_MAY_FEATURE = rf"(?i){_OPEN}|\sf(?:ea)?t|[-–—]\s+with" + _OUTER_SPACE
_MAY_HAVE_NOTE = r"[-/\(\[]" + _OUTER_SPACE
_MAY_BE_SHORT = r"\b(?:pt|vol|part|volume)\b|&"
_MAY_BE_SEEN = rf"{_OPEN}|[-|]" + _OUTER_SPACE


def featured_in(title: pl.Expr) -> pl.Expr:
    """The guests that a title names: "(feat. B)", "[ft. B]", "(with B)", "- feat. B", "feat. B"; null if there are none."""
    return title.map_batches(_featured_in, return_dtype=pl.String)


def _featured_in(titles: pl.Series) -> pl.Series:
    rows = titles.str.contains(_MAY_FEATURE).arg_true()
    named = pl.coalesce(pl.col("title").str.extract(_IN_BRACKETS, 1), pl.col("title").str.extract(_BARE, 1))
    found = titles.gather(rows).to_frame("title").select(named).to_series()
    return pl.repeat(None, len(titles), dtype=pl.String, eager=True).scatter(rows, found).alias(titles.name)


def without_featuring(title: pl.Expr) -> pl.Expr:
    """A title without its guests, or the title itself if nothing else would be left."""
    return changed_where(title, _MAY_FEATURE, _without_guests)


def _without_guests(title: pl.Expr) -> pl.Expr:
    return _unless_empty(title.str.replace_all(_IN_BRACKETS, "").str.replace(_BARE, ""), title)


def without_remaster(title: pl.Expr) -> pl.Expr:
    """A normalised title without "- 2011 Remaster", "(Remastered)" and the like. Live, remix and acoustic stay."""
    return changed_where(title, _MAY_HAVE_NOTE, lambda text: _unless_empty(text.str.replace(_REMASTER_NOTE, ""), text))


def remaster_year(title: pl.Expr) -> pl.Expr:
    """The year of a title's remaster; null if it names none."""
    year = rf"(?i)(?:(\d{{4}})[\w\s]*{_REMASTER}|{_REMASTER}[\sa-z]*(\d{{4}}))"
    return pl.coalesce(title.str.extract(year, 1), title.str.extract(year, 2)).cast(pl.Int64)


def without_version(title: pl.Expr) -> pl.Expr:
    """A normalised title without remaster, album version, single version, radio edit, mono and the like. Live and remix stay."""
    return changed_where(title, _MAY_HAVE_NOTE, _without_two_notes)


def _without_two_notes(title: pl.Expr) -> pl.Expr:
    return _unless_empty(title.str.replace(_VERSION_NOTE, "").str.replace(_VERSION_NOTE, ""), title)


def without_topic(artist: pl.Expr) -> pl.Expr:
    """A normalised artist without what video channels add: " - topic", "vevo", "official"."""
    return changed_where(artist, _TOPIC + _OUTER_SPACE, lambda text: _unless_empty(text.str.replace(_TOPIC, ""), text))


def first_credited(artist: pl.Expr) -> pl.Expr:
    """The first name of a normalised credit, which is "a" for "a & b", "a, b" and "a x b"."""
    return changed_where(artist, _CREDIT_END + _OUTER_SPACE, lambda text: _unless_empty(text.str.replace(_CREDIT_END, ""), text))


def folded(text: pl.Expr) -> pl.Expr:
    """The letters and digits of a normalised text without accents, or the text itself if it has none."""
    return text.map_batches(_folded, return_dtype=pl.String)


def _folded(texts: pl.Series) -> pl.Series:
    bare = texts
    if texts.str.contains(r"[^\x00-\x7F]").sum():
        bare = texts.str.normalize("NFKD").str.replace_all(_ACCENTS, "")
        bare = bare.str.replace_many([letter for letter, _ in _WRITTEN_OUT], [plain for _, plain in _WRITTEN_OUT])
    letters = bare.str.replace_all(_NOT_LETTERS, "")
    return letters.zip_with(letters.str.len_bytes() > 0, texts).alias(texts.name) if letters.null_count() == 0 else _folded_nulls(texts)


def _folded_nulls(texts: pl.Series) -> pl.Series:
    rows = texts.is_not_null().arg_true()
    return texts.clone().scatter(rows, _folded(texts.gather(rows))) if len(rows) else texts


def names_key(names: pl.Expr) -> pl.Expr:
    """A key of normalised names that does not depend on their order or on how they are joined."""
    return of_each_distinct(names, _names_key)


def _names_key(names: pl.Expr) -> pl.Expr:
    parts = names.str.replace_all(_JOINS, ",").str.strip_chars(" ,").str.split(",")
    return parts.list.unique().list.sort().list.join(",")


def credited(artist_credit: pl.Expr) -> pl.Expr:
    """The artists of a displayed credit, primary first: "A feat. B" is one credit and two artists.

    Only "feat.", "ft." and "featuring" separate artists, because "&", "and" and commas are part of too many names.
    """
    return artist_credit.str.replace_all(_FEATURING, "\x1f").str.strip_chars(" \x1f").str.split("\x1f")


def song_key(title: pl.Expr, primary: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """A key of title and primary artist from displayed names, for comparison between services; looser than a recording's id."""
    bare = without_featuring(changed_where(normalised(title), "&", lambda text: text.str.replace_all(_ENTITY, "&")))
    bare = without_version(changed_where(bare, _MAY_BE_SEEN, _without_origin))
    return folded(changed_where(bare, _MAY_BE_SHORT, _in_full)), of_each_distinct(primary, _artist_key)


def _without_origin(title: pl.Expr) -> pl.Expr:
    return _unless_empty(title.str.replace(_ORIGIN, "").str.replace(_VIDEO_NOTE, ""), title)


def _in_full(title: pl.Expr) -> pl.Expr:
    for short, whole in _SHORT_FORMS:
        title = title.str.replace_all(short, whole)
    return title


def _artist_key(primary: pl.Expr) -> pl.Expr:
    named = changed_where(normalised(primary), "&", lambda text: text.str.replace_all(_ENTITY, "&"))
    artist = changed_where(first_credited(without_topic(named)), r"^the\s|^\s|\s$", _without_article)
    return folded(artist)


def _without_article(artist: pl.Expr) -> pl.Expr:
    return _unless_empty(artist.str.replace(r"^the\s+", ""), artist)


def _unless_empty(bare: pl.Expr, otherwise: pl.Expr) -> pl.Expr:
    stripped = bare.str.strip_chars()
    return pl.when(stripped != "").then(stripped).otherwise(otherwise)
