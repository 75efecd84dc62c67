"""Cards as pictures to share: of every card that may be, in both sizes, from the page's own figures and faces."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from wrapped_assets.storage.root import Root
from wrapped_assets.stories.artist import artist_html
from wrapped_assets.stories.cards.order import story_of
from wrapped_assets.stories.page import story_html
from wrapped_assets.stories.pictures import SIZES, card_pictures, pictures_of
from wrapped_assets_tests.browser import PHONE, bare_browser, needs_a_browser
from wrapped_assets_tests.commands.running import run
from wrapped_assets_tests.stories.fictional import fictional
from wrapped_assets_tests.stories.fictional_catalogue import fuller
from wrapped_assets_tests.stories.test_artist import CARDS, artist

FEW = ("listening_totals", "top_recordings", "longest_session", "quiz")


def size_of(png: bytes) -> tuple[int, int]:
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


def with_song(name: str) -> Any:
    data = fuller()
    insights = {insight: data.insights[insight] for insight in FEW}
    return replace(data, insights={**insights, "top_recordings": [{**insights["top_recordings"][0], "recording_name": name}]})


@pytest.mark.browser
@needs_a_browser
def test_each_card_that_may_be_shared_is_drawn_in_both_sizes_with_names_of_any_script(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "fonts.conf").write_text('<!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig></fontconfig>')
    monkeypatch.setenv("FONTCONFIG_FILE", str(tmp_path / "fonts.conf"))
    one, other = card_pictures(with_song("群青日和")), card_pictures(with_song("丸の内線"))
    assert [(each.name, each.size) for each in one] == [
        (name, size) for name in ("opening", "listening_totals", "top_song") for size in SIZES
    ]  # neither the question nor when somebody listened through the night
    assert [size_of(each.png) for each in one] == [each.size for each in one]
    assert [each.png == same.png for each, same in zip(one, other, strict=True)] == [True] * 4 + [False] * 2  # no boxes
    assert [each.alt.replace("\N{NO-BREAK SPACE}", " ") for each in one][::2] == [
        "A year in music 2025", "You listened for 29,824 minutes.", "Your song of the year: 群青日和, 174 listens.",
    ]  # fmt: skip
    assert not any("Ana" in each.alt for each in one)


@pytest.mark.browser
@needs_a_browser
def test_a_card_is_shared_as_a_picture_where_the_platform_can_and_else_kept(tmp_path: Path) -> None:
    path = tmp_path / "story.html"
    path.write_text(story_html(fictional()), encoding="utf-8")
    takes = "navigator.canShare = () => true; navigator.share = async it => { shared = [it.text, it.files[0].name, it.files[0].size] }"
    with bare_browser() as browser:
        for is_able in (False, True):
            page = browser.new_context(viewport=PHONE, reduced_motion="reduce", accept_downloads=True).new_page()
            page.add_init_script(takes if is_able else "delete Navigator.prototype.canShare")
            page.goto(f"{path.as_uri()}#top_song")
            if not is_able:
                with page.expect_download() as kept:
                    page.locator(".here .share").click()
                assert kept.value.suggested_filename == "top_song.png"
                assert size_of(Path(kept.value.path()).read_bytes()) == (1080, 1920)
                continue
            page.locator(".here .share").click()
            text, name, size = page.evaluate(
                "new Promise(done => { (function look() { window.shared ? done(window.shared) : setTimeout(look, 20) })() })"
            )
            assert (text.startswith("Your song of the year: Lantern Season"), name, size > 10_000) == (True, "top_song.png", True)
            assert page.evaluate("document.querySelector('.here').id") == "top_song"


def test_what_names_others_or_tells_when_somebody_is_awake_has_no_picture() -> None:
    private = {card.name for card in story_of(fuller()) if card.is_private}
    days = {"hours_of_days", *(f"hours_of_days_{place}" for place in range(2, 6))}
    assert private == {"first_listen", "listening_clock", "longest_session", "similar_listeners", *days}
    page = story_html(fuller())
    assert page.count('class="step share"') == 1 + len([card for card in story_of(fuller()) if not (card.is_private or card.quiz)])


@pytest.mark.browser
@needs_a_browser
def test_the_command_writes_a_folder_of_cards_with_what_each_says(small: Root, tmp_path: Path) -> None:
    story = ("story", "--listener", "ana", "--year", 2025, "--format", "png", "--cards")
    assert "a folder with --out" in run(small.path, *story, code=2).stderr
    run(small.path, *story, "--out", tmp_path / "cards")
    files = sorted(path.name for path in (tmp_path / "cards").glob("*.png"))
    assert files[:2] == ["01-opening-1080x1080.png", "01-opening-1080x1920.png"]
    assert [line.partition(": ")[0] for line in sorted((tmp_path / "cards" / "alt.txt").read_text().splitlines())] == files


@pytest.mark.slow
@pytest.mark.browser
@needs_a_browser
def test_an_artists_cards_are_pictures_that_bear_the_artists_name(tmp_path: Path) -> None:
    one, other = (pictures_of(artist_html(replace(artist(), name=name))) for name in ("Low Ceiling", "Kestrel Youth"))
    assert [each.name for each in one[::2]] == ["opening", *CARDS]
    assert not any(each.png == same.png for each, same in zip(one, other, strict=True))


def test_an_artists_pictures_are_asked_for_as_cards(small: Root, tmp_path: Path) -> None:
    for wrong in (("--format", "png"), ("--format", "png", "--cards"), ("--cards", "--out", tmp_path)):
        assert "--cards" in run(small.path, "artist", "bo", "--year", 2025, *wrong, code=2).stderr
