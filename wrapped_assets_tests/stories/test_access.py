"""Everybody can read a page and reach what is on it: names, order, contrast and targets, measured in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from gzip import compress
from typing import Any

import pytest

from wrapped_assets.stories.catalogue import LANGUAGES
from wrapped_assets.stories.countdown import countdown_html
from wrapped_assets.stories.group import group_html
from wrapped_assets.stories.page import story_html
from wrapped_assets_tests.browser import DESK, PHONE, bare_browser, needs_a_browser
from wrapped_assets_tests.stories.fictional import empty, fictional, hostile
from wrapped_assets_tests.stories.fictional_catalogue import fuller
from wrapped_assets_tests.stories.fictional_group import fictional_group

NOW = datetime(2025, 12, 1, tzinfo=UTC)
PAGES = {
    **{tag: story_html(replace(fuller(), locale=tag)) for tag in LANGUAGES},
    "empty": story_html(empty()), "hostile": story_html(hostile()), "group": group_html(fictional_group("en")),
    "countdown": countdown_html(2025, NOW + timedelta(days=3), NOW, "en"),
}  # fmt: skip
FAULTS = """() => {
    const all = css => [...document.querySelectorAll(css)], seen = e => e.checkVisibility({visibilityProperty: true}), faults = [];
    const name = e => e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.[0]?.textContent.trim()
        || document.getElementById(e.getAttribute('aria-labelledby'))?.textContent.trim();
    const fault = (kind, e) => faults.push([kind, e.outerHTML.slice(0, 90)]);
    for (const e of all('a, button, summary, input, section, nav, dialog, fieldset, th, caption, [role=img], [role=region]'))
        if (!e.hidden && !name(e)) fault('has no name', e);
    const landmarks = all('section, nav, [role=region]').map(e => [name(e), e]);
    for (const [text, e] of landmarks)
        if (landmarks.some(other => other[0] === text && other[1] !== e)) fault('has the name of another', e);
    let level = 0;
    for (const e of all('main :is(h1, h2, h3)')) {
        if (e.tagName[1] - level > 1) fault('skips a level', e); level = +e.tagName[1]; }
    if (all('h1').length !== 1) faults.push(['not one title', all('h1').length]);
    for (const e of all('a:not(.skip), button, summary, label').filter(seen)) {
        const {width, height} = e.getBoundingClientRect();
        if (Math.min(width, height) < 43.9) fault('is too small to touch', e);
    }
    const part = value => (value /= 255) <= .04045 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4;
    const light = ([r, g, b]) => .2126 * part(r) + .7152 * part(g) + .0722 * part(b), of = text => text.match(/[\\d.]+/g).map(Number);
    const paper = e => { for (; e; e = e.parentElement) { const found = of(getComputedStyle(e).backgroundColor);
        if (found.length < 4 || found[3] === 1) return found; } return [255, 255, 255]; };
    for (const e of all('body *')) {
        const says = [...e.childNodes].some(child => child.nodeType === 3 && child.data.trim());
        if (!says || !seen(e) || e.closest('svg :not(.tick), script, .unseen, .skip, noscript')) continue;
        const style = getComputedStyle(e), ink = light(of(e.closest('svg') ? style.fill : style.color)), under = light(paper(e));
        const contrast = (Math.max(ink, under) + .05) / (Math.min(ink, under) + .05), size = parseFloat(style.fontSize);
        if (contrast < (size >= 24 || (size >= 18.6 && style.fontWeight >= 700) ? 3 : 4.5)) fault(`contrast ${contrast.toFixed(1)}`, e);
    }
    return faults;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with bare_browser() as launched:
        yield launched


@pytest.mark.browser
@needs_a_browser
@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_everything_has_a_name_an_order_a_contrast_and_a_target_that_a_finger_hits(browser: Any, page: str) -> None:
    context = browser.new_context(viewport=PHONE, reduced_motion="reduce", java_script_enabled=False)
    opened = context.new_page()
    opened.set_content(page)
    for media, scheme, screen in (("screen", "light", PHONE), ("screen", "dark", DESK), ("print", "light", PHONE)):
        opened.emulate_media(media=media, color_scheme=scheme)
        opened.set_viewport_size(screen)
        opened.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        assert (media, scheme, opened.evaluate(FAULTS)) == (media, scheme, [])
    context.close()


def test_a_page_is_light() -> None:
    """A full year as a file of its own, and the fullest where the server sends the faces beside it, once for all pages."""
    assert len(compress(story_html(fictional()).encode())) < 60_000
    assert len(compress(story_html(fuller(), "faces").encode())) < 45_000
    assert story_html(fictional()).count("</") + story_html(fictional()).count("/>") < 1_600
