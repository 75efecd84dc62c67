"""The picture to share is well-formed SVG, and a PNG where a browser is installed."""

from __future__ import annotations

import shutil
import xml.etree.ElementTree as ET

import pytest

from wrapped_assets.stories import card
from wrapped_assets.stories.data import StoryData
from wrapped_assets_tests.stories.fictional import empty, fictional, hostile, small


@pytest.mark.parametrize("data", [fictional(), small(), empty(), hostile()], ids=["full", "small", "empty", "hostile"])
def test_the_picture_is_self_contained_svg(data: StoryData) -> None:
    svg = card.story_svg_card(data)
    root = ET.fromstring(svg)
    assert (root.get("width"), root.get("height")) == ("1080", "1920")
    assert not [element for element in root.iter() if element.tag.rpartition("}")[2] in ("script", "image", "foreignObject", "use", "a")]
    assert card.story_svg_card(data) == svg


def test_without_a_browser_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(card, "BROWSERS", ("no-such-browser",))
    with pytest.raises(card.BrowserMissingError, match="--format html"):
        card.story_png_card(fictional())


@pytest.mark.browser
@pytest.mark.skipif(not any(map(shutil.which, card.BROWSERS)), reason="Chromium is not installed")
def test_the_png_has_the_size_of_a_phone_story() -> None:
    png = card.story_png_card(fictional())
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(png[16:20]), int.from_bytes(png[20:24])) == (1080, 1920)
