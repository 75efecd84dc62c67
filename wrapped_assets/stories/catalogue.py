"""The message catalogues: one gettext file a language, read once; the messages' ids are the English texts.

A new language is one more file: copy one, translate its texts, and give it CLDR's `Plural-Forms`. A placeholder may move, and may be
counted: `{listen_count:listens}` prints the number and its noun (nouns.COUNTED) in the form that the number asks for.
"""

from __future__ import annotations

import gettext
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent / "locales"
LANGUAGES = ("en", *sorted(path.stem for path in FOLDER.glob("*.po")))
PSEUDO = "en-XA"  # the usual name of the locale in which every message is wrapped, so that a test finds what is none


def message(text: str) -> str:
    """The text itself: marks a constant as a message for the translators."""
    return text


class _English(gettext.NullTranslations):
    """The ids as they are."""


class _Pseudo(gettext.NullTranslations):
    """Every message between brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


@cache
def translations(language: str, folder: Path = FOLDER) -> gettext.NullTranslations:
    """The language's messages of a folder of catalogues; English ones give themselves back."""
    if language in ("en", PSEUDO):
        return _English() if language == "en" else _Pseudo()
    with (folder / f"{language}.po").open("rb") as source:
        catalogue = read_po(source, locale=language, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@cache
def known(language: str, folder: Path = FOLDER) -> frozenset[str]:
    """The ids that the language has a message for, singulars of plurals included."""
    found = getattr(translations(language, folder), "_catalog", {})
    return frozenset(each[0] if isinstance(each, tuple) else each for each in found)
