"""What the page says, in one language: messages of its own catalogue, and those that stories have already."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.stories.catalogue import PSEUDO, known, translations
from wrapped_assets.stories.language import Language, language_of

LOCALES = Path(__file__).parent / "locales"


class Words(Language):
    """A story's language with the page's messages before its own."""

    def knows(self, text: str) -> bool:
        """Whether the message can be said in this language."""
        return text in known(self.tag, LOCALES) or super().knows(text)

    def template(self, text: str) -> str:
        """The message in this language, its placeholders unfilled."""
        return translations(self.tag, LOCALES).gettext(text) if text in known(self.tag, LOCALES) else super().template(text)


@cache
def words_of(tag: str) -> Words:
    """The language of a tag. InputError where no story is told in it, or where only stories are."""
    language = language_of(tag).tag
    if language not in ("en", PSEUDO) and not (LOCALES / f"{language}.po").is_file():
        known_here = ", ".join(["en", *sorted(path.stem for path in LOCALES.glob("*.po"))])
        raise InputError(f"the page of your data has no words in {tag!r} yet; choose one of {known_here}")
    return Words(language)
