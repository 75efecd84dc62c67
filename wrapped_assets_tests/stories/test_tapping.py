"""A story is tapped through, in a real browser: by touch, keys, the contents and by itself; it asks before it tells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from wrapped_assets.stories.page import story_html
from wrapped_assets_tests.browser import PHONE, bare_browser, needs_a_browser
from wrapped_assets_tests.stories.fictional_catalogue import fuller

pytestmark = [pytest.mark.browser, needs_a_browser]
FIRST, SECOND, THIRD = "opening", "guess_minutes", "listening_totals"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with bare_browser() as launched:
        yield launched


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("tapped") / "story.html"
    path.write_text(story_html(fuller()), encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    """The page as somebody has it who wants no motion; it must not complain of anything."""
    with_touch = browser.new_context(viewport=PHONE, has_touch=True, reduced_motion="reduce")
    opened, heard = with_touch.new_page(), []
    opened.on("console", lambda message: heard.append(message.text))
    opened.on("pageerror", lambda error: heard.append(str(error)))
    opened.goto(address)
    yield opened
    assert heard == []
    with_touch.close()


def here(page: Any) -> str:
    """The one card that is shown."""
    (name,) = page.eval_on_selector_all("section", "all => all.filter(e => e.checkVisibility()).map(e => e.id)")
    return name


def swipe(page: Any, start: tuple[int, int], end: tuple[int, int]) -> None:
    session = page.context.new_cdp_session(page)
    for kind, points in (("touchStart", [start]), ("touchMove", [end]), ("touchEnd", [])):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})


def test_a_tap_moves_on_and_one_at_the_left_goes_back(page: Any) -> None:
    assert here(page) == FIRST
    page.touchscreen.tap(300, 180)
    assert (here(page), page.evaluate("location.hash")) == (SECOND, f"#{SECOND}")
    page.touchscreen.tap(300, 180)
    page.touchscreen.tap(40, 180)
    assert here(page) == SECOND
    assert page.evaluate("document.activeElement.id") == f"{SECOND}-title"
    page.touchscreen.tap(40, 180)
    page.touchscreen.tap(40, 180)
    assert here(page) == FIRST


def test_a_swipe_moves_and_scrolling_or_holding_does_not(page: Any) -> None:
    swipe(page, (300, 300), (120, 310))
    assert here(page) == SECOND
    swipe(page, (120, 300), (300, 310))
    assert here(page) == FIRST
    swipe(page, (200, 400), (210, 250))
    page.mouse.move(300, 180)
    page.mouse.down()
    page.locator("html.held").wait_for()
    page.mouse.up()
    assert here(page) == FIRST
    assert page.locator("html.held").count() == 0


def test_arrow_keys_move_and_home_and_end_are_the_ends(page: Any) -> None:
    pressed = [("ArrowRight", SECOND), ("ArrowRight", THIRD), ("ArrowLeft", SECOND), ("End", "counted"), ("ArrowRight", "counted")]
    pressed += [("Home", FIRST), ("ArrowLeft", FIRST), ("Control+ArrowRight", FIRST)]
    for key, expected in pressed:
        page.keyboard.press(key)
        assert (key, here(page)) == (key, expected)


def test_where_text_runs_from_right_to_left_so_does_the_story(page: Any, address: str, tmp_path: Path) -> None:
    mirrored = tmp_path / "mirrored.html"
    mirrored.write_text(story_html(fuller()).replace('dir="ltr"', 'dir="rtl"', 1), encoding="utf-8")
    page.goto(mirrored.as_uri())
    page.keyboard.press("ArrowLeft")
    page.touchscreen.tap(40, 180)
    assert here(page) == THIRD
    swipe(page, (300, 300), (120, 310))
    assert here(page) == SECOND


def test_the_address_says_which_card_is_shown_and_opens_it(page: Any, address: str) -> None:
    page.goto(f"{address}#artist_race")
    page.reload()
    assert here(page) == "artist_race"
    page.evaluate("location.hash = 'no-such-card'")
    assert here(page) == "artist_race"


def test_the_contents_are_a_dialog_that_leads_to_every_card(page: Any) -> None:
    page.locator(".here .list").click()
    assert page.evaluate("document.querySelector('#contents').matches(':modal')")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    assert here(page) == FIRST
    page.locator(".here .list").click()
    page.locator("#contents a[href='#counted']").click()
    assert here(page) == "counted"
    assert page.evaluate("document.activeElement.id") == "counted-title"


def test_what_a_card_is_told_from_opens_over_it_and_a_tap_closes_it_first(page: Any) -> None:
    page.goto(page.url.partition("#")[0] + "#artist_race")
    page.locator(".here summary").click()
    assert page.locator(".here .sheet table").is_visible()
    page.touchscreen.tap(300, 60)
    assert (here(page), page.locator("details[open]").count()) == ("artist_race", 0)


def test_it_moves_by_itself_only_where_asked_to_and_until_somebody_acts(page: Any) -> None:
    turning = "document.getAnimations().filter(each => each.animationName === 'turn')"
    assert page.evaluate(f"{turning}.length") == 0
    page.locator(".here .list").click()
    page.locator(".play").click()
    page.evaluate(f"{turning}.forEach(each => each.finish())")
    page.locator(f"#{SECOND}.here").wait_for()
    page.keyboard.press("ArrowRight")
    assert (here(page), page.evaluate(f"{turning}.length")) == (THIRD, 0)


def test_a_quiz_tells_once_somebody_chose_with_and_without_a_script(browser: Any, page: Any, address: str) -> None:
    plain = browser.new_context(viewport=PHONE, java_script_enabled=False).new_page()
    for opened in (page, plain):
        opened.goto(f"{address}#guess_song")
        card = opened.locator("#guess_song")
        paper = card.evaluate("e => getComputedStyle(e.querySelector('.right span')).backgroundColor")
        assert [verdict.is_visible() for verdict in card.locator(".verdict").all()] == [False, False]
        card.locator("label").nth(1).click()
        assert [verdict.is_visible() for verdict in card.locator(".verdict").all()] == [False, True]
        assert card.evaluate("e => getComputedStyle(e.querySelector('.right span')).backgroundColor") != paper
        card.locator("label.right").click()
        assert [verdict.is_visible() for verdict in card.locator(".verdict").all()] == [True, False]
    assert page.locator("#said").text_content() == "You know yourself: Lantern Season."
    assert here(page) == "guess_song"


def test_minutes_count_up_to_the_number_that_was_told_and_the_race_and_grooves_are_drawn(browser: Any, address: str) -> None:
    moving = browser.new_context(viewport=PHONE, reduced_motion="no-preference").new_page()
    moving.goto(f"{address}#{THIRD}")
    shown = moving.locator(f"#{THIRD} .number")
    assert shown.text_content() != "29,824"
    assert shown.get_attribute("data-whole") == "29,824"
    moving.locator(".here .number", has_text="29,824").wait_for()
    names = "document.querySelector('.here').getAnimations({subtree: true}).map(each => each.animationName)"
    for card, reveals in (("artist_race", {"run", "end"}), ("top_song", {"cut"})):
        moving.evaluate("name => { location.hash = name }", card)
        moving.locator(f"#{card}.here").wait_for()
        assert reveals <= set(moving.evaluate(names))


def test_a_number_is_whole_as_soon_as_its_card_is_left_or_printed(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "german.html"
    path.write_text(story_html(replace(fuller(), locale="de")), encoding="utf-8")
    moving = browser.new_context(viewport=PHONE, reduced_motion="no-preference").new_page()
    shown = moving.locator(f"#{THIRD} .number", has_text="29.824")
    for leave in ("document.querySelector('.here .next').click()", "dispatchEvent(new Event('beforeprint'))"):
        moving.goto(f"{path.as_uri()}#{THIRD}")
        moving.reload()
        moving.evaluate(leave)
        shown.wait_for(state="attached", timeout=1000)
