"""Years that are no ordinary ones, imported, built and laid out in a real browser: nothing spills or is cut, and the numbers are true."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from wrapped_assets.building.build import build
from wrapped_assets.building.importing import Person, import_paths
from wrapped_assets.building.situate import Project
from wrapped_assets.serving.telling import story_data
from wrapped_assets.storage import registry
from wrapped_assets.storage.root import Root
from wrapped_assets.stories.data import StoryData
from wrapped_assets.stories.page import story_html
from wrapped_assets.stories.terminal import story_text
from wrapped_assets_tests.browser import DESK, PHONE, bare_browser, needs_a_browser
from wrapped_assets_tests.small_roots import KEY
from wrapped_assets_tests.stories.bad_years import WEEK, WEEK_YEAR, bad_years, export_of
from wrapped_assets_tests.stories.test_in_a_browser import UNEVEN

CASES = bad_years()
each_case = pytest.mark.parametrize("name", CASES)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, StoryData]:
    """Each case's story, of one root."""
    folder = tmp_path_factory.mktemp("bad_years")
    root = Root.open_or_make(folder / "root", 1, KEY)
    registry.set_edition(root, WEEK_YEAR, window_start=WEEK[0], window_end=WEEK[1])
    for name, case in CASES.items():
        (folder / name).mkdir()
        assert import_paths(root, [export_of(folder / name, case)], Person(name, "UTC")).accepted == len(case.plays)
    project = Project(root)
    assert build(project).failed == []
    found = {name: story_data(project, registry.find_listener(root, name), case.year) for name, case in CASES.items()}
    root.engine.dispose()
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with bare_browser() as launched:
        yield launched


@each_case
def test_its_numbers_are_those_of_its_plays(name: str, told: dict[str, StoryData]) -> None:
    case, data = CASES[name], told[name]
    assert data.counted.listens == len(case.counted)
    assert (data.first("listening_totals").get("minutes") or 0) == pytest.approx(case.minutes)
    if case.top > 1:
        assert data.first("top_recordings")["listen_count"] == case.top
    assert sum(row["listen_count"] for row in data.rows("listening_calendar")) == len(case.counted)
    months = {f"{play.at:%m}" for play in case.counted}
    assert {row["local_date"][5:7] for row in data.rows("listening_calendar") if row["listen_count"]} == months
    assert story_text(data)


# Every text's own box: none beyond the screen, and none behind an edge that hides it without an ellipsis.
CUT = """all => all.flatMap(card => {
    const found = [], walker = document.createTreeWalker(card, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode, holder = node.parentElement;
        if (!node.data.trim() || holder.closest('.sheet, .unseen, .verdict')) continue;
        const range = document.createRange(); range.selectNodeContents(node);
        const boxes = [...range.getClientRects()];
        if (boxes.some(box => box.left < -1 || box.right > innerWidth + 1)) found.push(['spills', node.data.slice(0, 40)]);
    }
    for (const each of card.querySelectorAll('.inside *')) {
        const style = getComputedStyle(each);
        if (each.closest('.sheet, .unseen, i, svg') || style.overflow === 'visible') continue;
        const clamps = style.webkitLineClamp !== 'none', slack = clamps ? parseFloat(style.fontSize) / 2 : 1;  // where the ellipsis stands
        const isLow = !clamps && each.scrollHeight > each.clientHeight + 1;
        if (isLow || each.scrollWidth > each.clientWidth + slack) found.push(['cut', each.className, each.textContent.slice(0, 40)]);
    }
    return found.map(each => [card.id, ...each]);
})"""


@pytest.mark.browser
@needs_a_browser
@pytest.mark.parametrize("screen", [PHONE, pytest.param(DESK, marks=pytest.mark.slow)], ids=["phone", "desk"])
@each_case
def test_its_page_is_filled_and_spills_and_cuts_nothing(
    name: str, screen: dict[str, int], told: dict[str, StoryData], browser: Any
) -> None:
    heard: list[str] = []
    page = browser.new_context(viewport=screen, reduced_motion="reduce", java_script_enabled=False).new_page()
    page.on("request", lambda request: heard.append(request.url))
    page.set_content(story_html(told[name]))
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") == screen["width"]
    assert page.eval_on_selector_all("section", CUT) == []
    assert page.eval_on_selector_all("section:not(.counted)", UNEVEN) == []
    heights = page.eval_on_selector_all("section", "all => all.map(e => [e.id, e.getBoundingClientRect().height])")
    assert [(card, height) for card, height in heights if height > screen["height"] * CASES[name].screens + 1] == []
    assert [url for url in heard if not url.startswith("data:")] == []
    page.context.close()


@pytest.mark.browser
@needs_a_browser
def test_markup_in_names_runs_nothing(told: dict[str, StoryData], browser: Any, tmp_path: Path) -> None:
    path, heard = tmp_path / "story.html", []
    path.write_text(story_html(told["hostile"]), encoding="utf-8")
    page = browser.new_context(viewport=PHONE).new_page()
    page.on("dialog", lambda dialog: heard.append("dialog"))
    page.on("console", lambda message: heard.append(message.text))
    page.on("request", lambda request: heard.append(request.url) if request.url != path.as_uri() else None)
    page.goto(path.as_uri())
    for _ in range(page.locator("section").count()):
        page.keyboard.press("ArrowRight")
    assert heard == []
    assert page.locator("main img, main script").count() == 0


def test_a_first_year_or_a_week_compares_with_nothing_that_is_not_known(told: dict[str, StoryData]) -> None:
    for name in ("march", "leap_day", "week", "three", "empty", "one_song"):
        assert told[name].first("totals_before").get("before_listen_count") is None, name
