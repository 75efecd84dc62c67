"""Every message that a story can say, read from its sources.

`python -m wrapped_assets_tests.stories.messages` lists what lacks a translation.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.extract import extract
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.contracts.discovery import declared_in
from wrapped_assets.stories import catalogue
from wrapped_assets.stories.cards.order import makers_of
from wrapped_assets.stories.nouns import COUNTED, LABELS
from wrapped_assets.vocabulary.clubs import GENRES_OF_CLUBS, ROLES
from wrapped_assets.vocabulary.identities import AGAINST_YEAR_BEFORE, BY_HALVES, NAMES
from wrapped_assets.vocabulary.personalities import PERSONALITIES

STORIES = Path(catalogue.__file__).parent
KEYWORDS = {"say": None, "message": None}
# The closed lists whose words stand in columns (`is_word` in the dictionary).
WORDS = frozenset({*GENRES_OF_CLUBS, *(role for role, _ in ROLES), *(word for both in PERSONALITIES.values() for word in both),
                   *NAMES.values(), *AGAINST_YEAR_BEFORE.values(), *BY_HALVES.values()})  # fmt: skip
DECLARED = declared_in("wrapped_assets.insights.listener", Declaration)


@cache
def said() -> frozenset[str]:
    """The constants of every call of `say` and `message`, in Python and in templates."""
    found = set()
    for path in sorted(STORIES.rglob("*")):
        method = {".py": "python", ".html": babel_extract}.get(path.suffix)
        if method:
            with path.open("rb") as source:
                found |= {str(text) for _, text, _, _ in extract(method, source, KEYWORDS, ())}
    return frozenset(found)


@cache
def headlines() -> frozenset[str]:
    """The headlines of the insights that have a card of their own; a new insight is told in English until somebody translates it."""
    own = {insight for maker in makers_of("listener") for insight in maker.insights}
    return frozenset(text for found in DECLARED if found.name in own and found.headline for text in _told(found))


def _told(found: Declaration) -> Iterator[str]:
    yield found.headline
    if found.headline_in_listens:
        yield found.headline_in_listens


def all_messages() -> frozenset[str]:
    """Everything that a catalogue must hold, singulars of plurals for both forms."""
    plurals = {many for _, many in (*COUNTED.values(), *LABELS.values())} - {one for one, _ in (*COUNTED.values(), *LABELS.values())}
    return frozenset((said() - plurals) | headlines() | WORDS)


def catalogue_of(language: str):
    """The language's file, as it was written."""
    with (catalogue.FOLDER / f"{language}.po").open("rb") as source:
        return read_po(source, locale=language, abort_invalid=True)


if __name__ == "__main__":
    for language in catalogue.LANGUAGES[1:] or ("",):
        lacking = all_messages() - (catalogue.known(language) if language else frozenset())
        sys.stdout.write(f"{language}: {len(lacking)} messages lack a translation\n" + "".join(f"  {text}\n" for text in sorted(lacking)))
