"""Expressions that clean names for storage and normalise them for comparison."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable

import polars as pl

# C0 and C1 controls, zero-width and bidirectional controls, line separators, the byte order mark: they change how a name
# is displayed or parsed, but not which name it is.
_INVISIBLE = r"[\x{0000}-\x{001F}\x{007F}-\x{009F}\x{200B}-\x{200F}\x{2028}-\x{202E}\x{2060}-\x{2069}\x{FEFF}]"
_SINGLE_QUOTES, _DOUBLE_QUOTES, _DASHES = r"[‘’ʼ`´]", r"[“”„«»]", r"[‐‑‒–—―−]"


# Letters that Unicode's forms C and KC leave unchanged in any sequence of these: Latin, Cyrillic, kana, Han, Hangul.
_LATIN = r"À-\x{0131}\x{0134}-\x{013E}\x{0141}-\x{0148}\x{014A}-\x{017E}"
_STABLE = _LATIN + r"\x{0400}-\x{0481}ぁ-\x{3096}ァ-\x{30FA}\x{4E00}-\x{9FFF}가-\x{D7A3}"
_SPACING = r"|  |^ | $|^$"
_NOT_CLEAN = rf"[^ -~¡-¿\x{{2010}}-\x{{2027}}{_STABLE}]{_SPACING}"
_NOT_NORMALISED = rf"[^ -_a-~{_STABLE}]{_SPACING}"


def clean(text: pl.Expr) -> pl.Expr:
    """Removes invisible characters and repeated spaces and applies Unicode form C; null if nothing is left."""
    return text.map_batches(cleaned, return_dtype=pl.String)


def normalised(text: pl.Expr) -> pl.Expr:
    """Normalises text for comparison: Unicode form KC, lower case, one kind of quote, dash and space."""
    return text.map_batches(_normalised, return_dtype=pl.String)


def best_spelling(names: pl.Expr) -> pl.Expr:
    """The spelling to show of a group's spellings of one name: in mixed case, then in lower case, then the first in Unicode order."""
    lower, upper = names == names.str.to_lowercase(), names == names.str.to_uppercase()
    case = pl.when(lower == upper).then(pl.lit("0")).when(lower).then(pl.lit("1")).otherwise(pl.lit("2"))
    return (case + names).min().str.slice(1)


def compared(names: Iterable[str]) -> dict[str, str]:
    """Returns people's names in the form for comparison: normalised, without invisible characters, case-folded."""
    given = list(dict.fromkeys(names))
    seen = ["".join(each for each in name if unicodedata.category(each) != "Cf") for name in given]
    found = pl.DataFrame({"name": seen}, schema={"name": pl.String}).select(normalised(clean(pl.col("name")).fill_null("")))
    return dict(zip(given, (name.casefold() for name in found.to_series()), strict=True))


def clean_each(lists: pl.Expr) -> pl.Expr:
    """Cleans each text of a list and drops texts of which nothing is left; null stays null."""
    return lists.map_batches(each_cleaned, return_dtype=pl.List(pl.String))


def each_cleaned(lists: pl.Series) -> pl.Series:
    """The lists as `clean_each` gives them."""
    if lists.null_count() == len(lists):
        return lists
    every = lists.explode(empty_as_null=False, keep_nulls=False)
    if not every.null_count() and not every.str.contains(_NOT_CLEAN).any():
        return lists
    rows = lists.to_frame("text").with_row_index("_row")
    flat = rows.filter(pl.col("text").list.len() > 0).explode("text").with_columns(clean(pl.col("text"))).drop_nulls("text")
    # Explode first: an expression inside lists runs once per list.
    found = rows.select("_row").join(flat.group_by("_row", maintain_order=True).agg("text"), on="_row", how="left", maintain_order="left")
    filled = pl.when(lists.is_not_null()).then(pl.col("text").fill_null(pl.lit([], pl.List(pl.String))))
    return found.select(filled.alias(lists.name)).to_series()


def cleaned(texts: pl.Series) -> pl.Series:
    """The texts as `clean` gives them."""
    return _where(texts.str.contains(_NOT_CLEAN), _cleaned_fully, texts, texts)


def _normalised(texts: pl.Series) -> pl.Series:
    return _where(texts.str.contains(_NOT_NORMALISED), _normalised_fully, texts, texts.str.to_lowercase())


def changed_where(text: pl.Expr, pattern: str, change: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    """Applies `change`, which leaves texts without `pattern` as they are, only to the others: most names need no costly work."""
    return text.map_batches(lambda texts: _where(texts.str.contains(pattern), change, texts, texts), return_dtype=pl.String)


def of_each_distinct(text: pl.Expr, change: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    """Applies `change`, which makes a text of each text alone, once to each distinct text. An artist's name stands in many rows."""
    return text.map_batches(lambda texts: _of_each_distinct(texts, change), return_dtype=pl.String)


def _of_each_distinct(texts: pl.Series, change: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    distinct = texts.unique().to_frame("text").with_columns(_changed=change(pl.col("text")))
    found = texts.to_frame("text").join(distinct, on="text", how="left", nulls_equal=True, maintain_order="left")["_changed"]
    return found.alias(texts.name)


def _where(is_odd: pl.Series, fully: Callable[[pl.Expr], pl.Expr], texts: pl.Series, otherwise: pl.Series) -> pl.Series:
    """Applies `fully` to unusual texts and `otherwise` to the rest, because most names need no costly work."""
    rows = is_odd.arg_true()
    if rows.is_empty():
        return otherwise
    done = texts.gather(rows).to_frame("text").select(fully(pl.col("text"))).to_series()
    return otherwise.clone().scatter(rows, done)


def _cleaned_fully(text: pl.Expr) -> pl.Expr:
    spaced = text.str.replace_all(_INVISIBLE, " ").str.replace_all(r"\s+", " ").str.strip_chars()
    return pl.when(spaced != "").then(spaced.str.normalize("NFC"))


def _normalised_fully(text: pl.Expr) -> pl.Expr:
    return (
        text.str.normalize("NFKC")
        .str.to_lowercase()
        .str.replace_all(_SINGLE_QUOTES, "'")
        .str.replace_all(_DOUBLE_QUOTES, '"')
        .str.replace_all(_DASHES, "-")
        .str.replace_all(r"\s+", " ")
        .str.strip_chars()
    )
