"""The page of own data: every message in every language, nothing but messages and data on it, and readable on a phone."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.rights.own_data import words
from wrapped_assets.rights.own_data.delivery import own_data
from wrapped_assets.storage import consents
from wrapped_assets.storage.registry import find_listener
from wrapped_assets.storage.root import Root
from wrapped_assets.stories.catalogue import known
from wrapped_assets.vocabulary.purposes import PURPOSES, purpose_named
from wrapped_assets_tests.browser import bare_browser, needs_a_browser

TRANSLATED = sorted(path.stem for path in words.LOCALES.glob("*.po"))
HERE = words.LOCALES.parent


@cache
def said() -> frozenset[str]:
    """The constants of every call of `say` and `message`, and what each purpose means."""
    found = {each.meaning for each in (*PURPOSES.values(), purpose_named("partner:somebody"))}
    for path in sorted(HERE.iterdir()):
        if method := {".py": "python", ".html": babel_extract}.get(path.suffix):
            with path.open("rb") as source:
                found |= {str(text) for _, text, _, _ in extract(method, source, {"say": None, "message": None}, ())}
    return frozenset(found)


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_of_the_page_is_translated_and_none_is_left_over(language: str) -> None:
    own = known(language, words.LOCALES) - {""}
    assert sorted(said() - own - known(language)) == []
    assert sorted(own - said() - {"in a private session", "yes", "no"}) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_fills_the_same_placeholders(language: str) -> None:
    with (words.LOCALES / f"{language}.po").open("rb") as source:
        entries = [entry for entry in read_po(source, locale=language, abort_invalid=True) if entry.id]

    def fields(text: str) -> set[str | None]:
        return {field for _, field, _, _ in Formatter().parse(text)} - {None}

    assert [entry.id for entry in entries if not entry.string or fields(entry.id) != fields(entry.string)] == []


@pytest.mark.slow
def test_the_page_is_told_in_every_language(small: Root) -> None:
    ana = find_listener(small, "ana")
    consents.record(small, ana, "charts", "objected", method="letter")
    for language in ("en", *TRANSLATED):
        folder = own_data(small, Project(small).graph, ana, locale=language).folder
        page = (folder / "index.html").read_text()
        assert f'<html lang="{language}"' in page
        assert words.words_of(language).say("What you may ask for") in page
        assert "{" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
        assert all((folder / link).exists() for link in re.findall(r'href="([^#"]+)"', page))


@pytest.mark.browser
@needs_a_browser
def test_on_a_phone_and_on_a_desk_nothing_is_wider_than_the_screen_or_fetched(small: Root) -> None:
    folder: Path = own_data(small, Project(small).graph, find_listener(small, "ana"), locale="de").folder
    with bare_browser() as browser:
        for width in (320, 390, 1280):
            page = browser.new_page(viewport={"width": width, "height": 800})
            asked: list[str] = []
            said_by_console: list[str] = []
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            page.on("console", lambda message, told=said_by_console: told.append(message.text))
            page.goto((folder / "index.html").as_uri())
            page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert len(asked) == 1
            assert said_by_console == []
            headings = page.eval_on_selector_all("h1, h2, h3", "all => all.map(each => +each.tagName[1])")
            assert headings[0] == 1
            assert all(after - before <= 1 for before, after in pairwise(headings))


def test_a_language_that_only_stories_have_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="choose one of en, de, es, ja"):
        words.words_of("ar")
