"""The page on a phone, in a real browser: quiet, still, in one column, and walked by keyboard."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from wrapped_assets.stories.artist import artist_html
from wrapped_assets.stories.catalogue import LANGUAGES
from wrapped_assets.stories.data import StoryData
from wrapped_assets.stories.group import group_html
from wrapped_assets.stories.page import story_html
from wrapped_assets_tests.browser import DESK, PHONE, bare_browser, needs_a_browser, on_a_japanese_machine
from wrapped_assets_tests.stories.fictional import empty, fictional, hostile, small
from wrapped_assets_tests.stories.fictional_catalogue import fuller
from wrapped_assets_tests.stories.fictional_group import fictional_group
from wrapped_assets_tests.stories.test_artist import artist

pytestmark = [pytest.mark.browser, needs_a_browser]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with bare_browser() as launched:
        yield launched


def opened(browser: Any, folder: Path, data: StoryData, **options: Any) -> tuple[Any, list[str]]:
    """The story's page at phone size, and everything it said or asked for besides its own file."""
    path = folder / "story.html"
    page = story_html(data)
    path.write_text(on_a_japanese_machine(page) if data.locale in ("ar", "ja") else page, encoding="utf-8")
    page = browser.new_context(**{"viewport": PHONE, **options}).new_page()
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("dialog", lambda dialog: heard.append("dialog"))
    page.on("request", lambda request: heard.append(request.url) if request.url != path.as_uri() else None)
    page.goto(path.as_uri())
    return page, heard


@pytest.mark.parametrize("data", [fictional(), small(), empty(), hostile()], ids=["full", "small", "empty", "hostile"])
def test_the_page_is_quiet_and_one_column_wide(browser: Any, tmp_path: Path, data: StoryData) -> None:
    page, heard = opened(browser, tmp_path, data, reduced_motion="reduce")
    assert heard == []
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    outside = "const outside = x => x.getBoundingClientRect().right > innerWidth + 1 && !x.closest('.scroll');"
    spilling = "e => {" + outside + "return [...e.querySelectorAll('.inside *')].filter(outside).length}"
    assert page.eval_on_selector("main", spilling) == 0


UNEVEN = """all => all.map(card => {
    const box = e => e.getBoundingClientRect(), whole = box(card).height, byTop = (a, b) => a.top - b.top;
    const blocks = [...card.querySelectorAll('h1, h2, .figure, .ranked, .quiz, .lists, .facts, .ledger')].map(box).sort(byTop);
    let filled = 0, reached = 0, gap = 0;
    for (const {top, bottom} of blocks) { filled += Math.max(0, bottom - Math.max(top, reached)); reached = Math.max(reached, bottom); }
    const shown = [...card.querySelectorAll('.inside *')].filter(e => !e.closest('.sheet, i') && e.checkVisibility());
    const leaves = shown.filter(e => !e.children.length || e.matches('h1, h2, .figure')).map(box).filter(each => each.height).sort(byTop);
    let last = leaves[0].bottom;
    for (const {top, bottom} of leaves) { gap = Math.max(gap, top - last); last = Math.max(last, bottom); }
    return [card.id, filled / whole, gap / whole];
}).filter(([, filled, gap]) => filled < .5 || gap > .25)"""

# The same without what a list spreads over: each of its rows by itself fills a third.
SPREAD = UNEVEN.replace(".ranked, .quiz, .lists, .facts, .ledger", ".ranked > li, .quiz label, .lists li, .facts > div, .ledger > div")
SPREAD = SPREAD.replace("filled < .5", "filled < .33")


@pytest.mark.parametrize("screen", [PHONE, pytest.param(DESK, marks=pytest.mark.slow)], ids=["phone", "desk"])
def test_what_a_card_tells_fills_half_of_it_and_no_quarter_is_empty(browser: Any, tmp_path: Path, screen: dict[str, int]) -> None:
    week = replace(fictional(), window=(date(2025, 5, 5), date(2025, 5, 11)))
    stories = {"full": fuller(), "small": small(), "hostile": hostile(), "de": replace(fuller(), locale="de"), "week": week}
    for name, data in stories.items():
        page, _ = opened(browser, tmp_path, data, viewport=screen, java_script_enabled=False)
        assert (name, page.eval_on_selector_all("section", UNEVEN)) == (name, [])
        assert (name, page.eval_on_selector_all("section", SPREAD)) == (name, [])


ONE_SCREEN = {"small": (small(), 1.0), "empty": (empty(), 1.0), "hostile": (hostile(), 1.15)} | {
    tag: (replace(fuller(), locale=tag), 1.0) for tag in (*LANGUAGES, "en-XA")
}


@pytest.mark.parametrize(("data", "screens"), ONE_SCREEN.values(), ids=ONE_SCREEN)
def test_a_card_is_one_screen(browser: Any, tmp_path: Path, data: StoryData, screens: float) -> None:
    page, _ = opened(browser, tmp_path, data, java_script_enabled=False)  # with the script all cards but one have no height
    heights = page.eval_on_selector_all("section", "all => all.map(e => [e.id, e.getBoundingClientRect().height])")
    assert [(name, height) for name, height in heights if height > PHONE["height"] * screens + 1] == []


@pytest.mark.slow
@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
def test_an_artists_cards_are_one_screen_that_is_filled(browser: Any, screen: dict[str, int]) -> None:
    page = browser.new_context(viewport=screen, java_script_enabled=False).new_page()
    for tag in LANGUAGES:
        page.set_content(on_a_japanese_machine(artist_html(artist(tag))))
        page.wait_for_load_state()
        assert (tag, page.eval_on_selector_all("section:not(.counted)", UNEVEN)) == (tag, [])
        heights = page.eval_on_selector_all("section", "all => all.map(e => [e.id, e.getBoundingClientRect().height])")
        assert [(tag, name, height) for name, height in heights if height > screen["height"] + 1] == []


def test_a_groups_card_is_one_screen_that_is_filled(browser: Any, tmp_path: Path) -> None:
    page = browser.new_context(viewport=PHONE, java_script_enabled=False).new_page()
    for tag in LANGUAGES:
        page.set_content(on_a_japanese_machine(group_html(fictional_group(tag))))
        page.wait_for_load_state()
        assert (tag, page.eval_on_selector_all("section:not(.counted)", UNEVEN)) == (tag, [])
        heights = page.eval_on_selector_all("section", "all => all.map(e => [e.id, e.getBoundingClientRect().height])")
        assert [(tag, name, height) for name, height in heights if height > PHONE["height"] + 1] == []


def test_without_a_script_links_lead_from_card_to_card_and_the_contents_open(browser: Any, tmp_path: Path) -> None:
    page, heard = opened(browser, tmp_path, fictional(), reduced_motion="reduce", java_script_enabled=False)
    assert page.locator("section:visible").count() == page.locator("section").count()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the story"
    page.locator("#top_song .next").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#artist_race"
    assert abs(page.eval_on_selector("#artist_race", "e => e.getBoundingClientRect().top")) < 2
    page.locator("#top_recordings summary").focus()
    page.keyboard.press("Enter")
    assert page.locator("#top_recordings table").is_visible()
    page.locator("#top_recordings .list").click()
    assert page.locator("#contents nav a").count() == page.locator("section").count()
    page.locator("#contents a[href='#artist_race']").click()
    assert page.locator("#contents").is_hidden()
    assert abs(page.eval_on_selector("#artist_race", "e => e.getBoundingClientRect().top")) < 2
    assert heard == []


def test_motion_is_only_for_those_who_want_it(browser: Any, tmp_path: Path) -> None:
    still, _ = opened(browser, tmp_path, fictional(), reduced_motion="reduce")
    moving, _ = opened(browser, tmp_path, fictional(), reduced_motion="no-preference")
    animations = "document.getAnimations().map(each => each.animationName).sort()"
    assert still.evaluate(animations) == []
    assert "cut" in moving.evaluate(animations)  # it stays; others may be over
    plain, _ = opened(browser, tmp_path, fictional(), reduced_motion="reduce", java_script_enabled=False)
    style = "[getComputedStyle(document.documentElement).scrollBehavior, getComputedStyle(document.documentElement).scrollSnapType]"
    assert plain.evaluate(style) == ["auto", "none"]


def test_dark_and_light_differ(browser: Any, tmp_path: Path) -> None:
    papers = {
        scheme: opened(browser, tmp_path, fictional(), color_scheme=scheme)[0].eval_on_selector(
            "#opening", "e => getComputedStyle(e).backgroundColor"
        )
        for scheme in ("light", "dark")
    }
    assert papers == {"light": "rgb(246, 234, 215)", "dark": "rgb(27, 21, 17)"}


def test_it_prints_a_card_a_page_and_cuts_nothing_off(browser: Any, tmp_path: Path) -> None:
    page, _ = opened(browser, tmp_path, fictional())
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == page.locator("section").count()
    page.set_viewport_size({"width": 559, "height": 794})
    page.emulate_media(media="print")
    cut = "all => all.filter(e => e.scrollHeight > e.clientHeight + 1).map(e => e.id)"
    assert page.eval_on_selector_all("section", cut) == []
    small_print = page.locator("#artist_race .print")
    assert small_print.is_visible()
    papers = "e => [getComputedStyle(e).color, getComputedStyle(e.closest('section')).backgroundColor]"
    assert len(set(small_print.evaluate(papers))) == 2  # ink on paper


BROKEN_WORDS = """titles => titles.flatMap(title => {
    const letters = [], walker = document.createTreeWalker(title, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) [...walker.currentNode.data].forEach((letter, at) => letters.push([walker.currentNode, at, letter]));
    const text = letters.map(each => each[2]).join('');
    return [...text.matchAll(/[^ \\n]+/g)].filter(word => {
        const lines = letters.slice(word.index, word.index + word[0].length).map(([node, at]) => {
            const range = document.createRange(); range.setStart(node, at); range.setEnd(node, at + 1);
            return Math.round(range.getBoundingClientRect().top / 8);
        });
        return new Set(lines).size > 1;
    }).map(word => word[0]);
})"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "screen", [PHONE, DESK, {"width": 360, "height": 740}, {"width": 1024, "height": 768}], ids=lambda s: str(s["width"])
)
def test_no_word_of_a_title_is_broken(browser: Any, tmp_path: Path, screen: dict[str, int]) -> None:
    for tag in ("en", "de", "es"):
        page, _ = opened(browser, tmp_path, replace(fuller(), locale=tag), viewport=screen)
        assert (tag, page.eval_on_selector_all("h1, .year, h2, .number, .facts dd", BROKEN_WORDS)) == (tag, [])


def test_every_letter_is_drawn_by_a_face_that_the_page_brings_along(browser: Any, tmp_path: Path) -> None:
    names = ("Příliš žluťoučký", "Ελληνικά", "Русский қазақ", "Nguyễn Thị Ạn", "Ljósaskipti Þórður", "Știință")
    names += tuple(unicodedata.normalize("NFD", name) for name in names)
    data = fictional()
    songs = [{**row, "recording_name": name} for row, name in zip(data.rows("top_recordings"), names, strict=False)]
    page, _ = opened(browser, tmp_path, replace(data, insights={**data.insights, "top_recordings": songs}))
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
    nodes = session.send("DOM.querySelectorAll", {"nodeId": root, "selector": "main *"})["nodeIds"]
    used = [session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"] for node in nodes]
    assert {face["familyName"] for fonts in used for face in fonts} == {"Wrapped Display", "Wrapped Text"}
    assert all(face["isCustomFont"] for fonts in used for face in fonts)
