"""The picture to share is well-formed SVG, and a PNG where a browser is installed."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

from wrapped_assets.faces.embedding import with_faces
from wrapped_assets.stories import browsing, card
from wrapped_assets.stories.data import StoryData
from wrapped_assets_tests.browser import bare_browser, needs_a_browser
from wrapped_assets_tests.stories.fictional import empty, fictional, hostile, small


@pytest.mark.parametrize("data", [fictional(), small(), empty(), hostile()], ids=["full", "small", "empty", "hostile"])
def test_the_picture_is_self_contained_svg(data: StoryData) -> None:
    svg = card.story_svg_card(data)
    root = ET.fromstring(svg)
    assert (root.get("width"), root.get("height")) == ("1080", "1920")
    assert not [element for element in root.iter() if element.tag.rpartition("}")[2] in ("script", "image", "foreignObject", "use", "a")]
    assert card.story_svg_card(data) == svg


def test_without_a_browser_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browsing, "BROWSERS", ("no-such-browser",))
    with pytest.raises(browsing.BrowserMissingError, match="--format html"):
        card.story_png_card(fictional())


@pytest.mark.browser
@needs_a_browser
def test_a_machine_without_any_face_draws_a_png_of_the_size_of_a_phone_story_with_the_names_in_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "fonts.conf").write_text('<!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig></fontconfig>')
    monkeypatch.setenv("FONTCONFIG_FILE", str(tmp_path / "fonts.conf"))
    png, other = (card.story_png_card(replace(fictional(), listener=name)) for name in ("椎名林檎", "宇多田光"))
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(png[16:20]), int.from_bytes(png[20:24])) == (1080, 1920)
    assert png != other


SAME_LENGTH = [
    ("椎名林檎", "宇多田光"),
    ("방탄소년", "아이유는"),
    ("فيروز", "ماجدة"),
    ("लता", "आशा"),
    ("ไทย", "ลาว"),
    ("עברית", "אנגלי"),
    ("🎵🎤", "🎸🔥"),
    ("𝓑𝓸", "𝓐𝓭"),
]


@pytest.mark.browser
@needs_a_browser
def test_names_of_every_script_are_drawn_as_themselves_and_not_as_boxes() -> None:
    words = [word for pair in SAME_LENGTH for word in pair]
    texts = "".join(f'<p id="word{place}" style="font-size:40px;height:60px;width:300px">{word}</p>' for place, word in enumerate(words))
    page = with_faces(f"<!doctype html><style>p{{font-family:{card.DISPLAY}}}</style>{texts}", with_last_resort=True)
    with bare_browser() as browser:
        opened = browser.new_page()
        opened.set_content(page)
        pictures = [opened.locator(f"#word{place}").screenshot() for place in range(len(words))]
    assert len(set(pictures)) == len(words)
