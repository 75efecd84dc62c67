"""Text expressions: what is stored of a name, and what two spellings of one name have in common."""

from __future__ import annotations

import polars as pl

# C0 and C1 controls, zero-width and bidirectional controls, line separators, the byte order mark: they change how a name
# is displayed or parsed, never which name it is.
_INVISIBLE = r"[\x{0000}-\x{001F}\x{007F}-\x{009F}\x{200B}-\x{200F}\x{2028}-\x{202E}\x{2060}-\x{2069}\x{FEFF}]"
_SINGLE_QUOTES, _DOUBLE_QUOTES, _DASHES = r"[‘’ʼ`´]", r"[“”„«»]", r"[‐‑‒–—―−]"
_FEATURING = r"(?i)[\s]+(?:feat\.?|ft\.?|featuring)[\s]+"
_TITLE_FEATURING = r"(?i)\s*[\(\[]\s*(?:feat\.?|ft\.?|featuring)\s+([^\)\]]*)[\)\]]"
_JOINS = r"(?:\s*(?:,|;|/|&|\+|•|\sand\s|\sx\s|\swith\s)\s*)+"


def clean(text: pl.Expr) -> pl.Expr:
    """The text without invisible characters and doubled spaces, in Unicode form C; null where nothing is left."""
    spaced = text.str.replace_all(_INVISIBLE, " ").str.replace_all(r"\s+", " ").str.strip_chars()
    return pl.when(spaced != "").then(spaced.str.normalize("NFC"))


def normalised(text: pl.Expr) -> pl.Expr:
    """The text as compared: Unicode form KC, lower case, one kind of quote, dash and space."""
    return (
        text.str.normalize("NFKC")
        .str.to_lowercase()
        .str.replace_all(_SINGLE_QUOTES, "'")
        .str.replace_all(_DOUBLE_QUOTES, '"')
        .str.replace_all(_DASHES, "-")
        .str.replace_all(r"\s+", " ")
        .str.strip_chars()
    )


def without_featuring(title: pl.Expr) -> pl.Expr:
    """A title without its "(feat. …)"; the title itself where nothing else would be left."""
    bare = title.str.replace_all(_TITLE_FEATURING, "").str.strip_chars()
    return pl.when(bare != "").then(bare).otherwise(title)


def featured_in(title: pl.Expr) -> pl.Expr:
    """What stands behind "feat." in a title's brackets; null where nothing does."""
    return title.str.extract(_TITLE_FEATURING, 1)


def names_key(names: pl.Expr) -> pl.Expr:
    """One text per text of normalised names that does not depend on their order or on how they are joined."""
    parts = names.str.replace_all(_JOINS, ",").str.strip_chars(" ,").str.split(",")
    return parts.list.unique().list.sort().list.join(",")


def credited(artist_credit: pl.Expr) -> pl.Expr:
    """The artists of a displayed credit, primary first: "A feat. B" is one credit and two artists.

    Only "feat.", "ft." and "featuring" separate: "&", "and" and commas are part of too many names.
    """
    return artist_credit.str.replace_all(_FEATURING, "\x1f").str.strip_chars(" \x1f").str.split("\x1f")
