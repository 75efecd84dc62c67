"""Checks the placeholders of headlines: columns of the first row, displayed names and number formats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from string import Formatter

from wrapped_assets.vocabulary.chapters import COUNTED_NOUNS, FORMATS

# The names that `serving` displays beside an id.
_DISPLAYED = {
    "recording_id": ("recording", "artist"), "release_group_id": ("release_group", "artist"), "artist_id": ("artist",),
    "show_id": ("show",), "common_artist_id": ("common_artist",),
}  # fmt: skip
TITLE_NAMES = ("year", "month", "span_number")  # of a playlist


def placeholders(columns: Iterable[str]) -> set[str]:
    """The placeholder names that a headline over these columns may use."""
    found: set[str] = set()
    for column in columns:
        found |= {column, column.removesuffix("_name")}
        names = _DISPLAYED.get(column, (column.removesuffix("_id"),) if column.endswith("_recording_id") else ())
        found |= {text for name in names for text in (name, f"{name}_name")}
    return found


def faults_of(headline: str, names: set[str], example: str) -> Iterator[tuple[str, str]]:
    """The faults of a headline as (placeholder, message); `example` shows how to write a placeholder."""
    try:
        pieces = list(Formatter().parse(headline))
    except ValueError as error:
        yield "", f"the headline cannot be read: {error}; write a placeholder as {example}, and a brace as {{{{ or }}}}"
        return
    for _, name, spec, conversion in pieces:
        if name is None:
            continue
        if name not in names:
            yield name, f"the headline names {name!r}, which no row has; it may name {', '.join(sorted(names))}"
        elif conversion:
            yield name, f"the headline converts {name!r} by !{conversion}; a placeholder has no conversion: write {{{name}}}"
        elif spec and spec not in (*COUNTED_NOUNS, *FORMATS):
            known = ", ".join((*FORMATS, *COUNTED_NOUNS))
            yield name, f"the headline writes {name!r} as {spec!r}, which is unknown; known are {known}"
