"""Every text colour is readable on its paper."""

from __future__ import annotations

import pytest

from wrapped_assets.stories.palettes import CHAPTERS, STAGE, Palette, chapter_of, stylesheet


def luminance(colour: str) -> float:
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("palette", [each for four in (*CHAPTERS.values(), *STAGE.values()) for each in four], ids=lambda each: each.paper)
def test_text_on_paper_has_a_contrast_of_four_and_a_half(palette: Palette) -> None:
    for colour in (palette.ink, palette.muted, palette.spot):
        assert contrast(colour, palette.paper) >= 4.5, colour


def test_an_unknown_chapter_wears_the_common_colours() -> None:
    assert chapter_of("zoology") == "more"
    assert stylesheet().count(".more.inverse{") == 2


def test_an_artists_page_has_colours_of_its_own_for_every_chapter() -> None:
    assert STAGE.keys() == CHAPTERS.keys()
    assert not {each.paper for four in STAGE.values() for each in four} & {each.paper for four in CHAPTERS.values() for each in four}
    assert stylesheet("artist") != stylesheet() == stylesheet("group")
