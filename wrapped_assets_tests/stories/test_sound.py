"""A page sounds only where a library was given, only once somebody asks, and loads nothing for it."""

from __future__ import annotations

import io
import re
import wave
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from wrapped_assets.storage.root import Root
from wrapped_assets.stories.page import Sound, story_html
from wrapped_assets_tests.browser import PHONE, bare_browser, needs_a_browser
from wrapped_assets_tests.commands.running import run
from wrapped_assets_tests.library.test_excerpts import mp3, wav
from wrapped_assets_tests.stories.fictional_catalogue import fuller


def silence() -> Sound:
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(bytes(8_000 * 2 * 12))
    return Sound("Lantern Season", "data:audio/wav;base64," + b64encode(written.getvalue()).decode())


def test_without_a_library_a_page_has_no_sound_and_may_load_none() -> None:
    page = story_html(fuller())
    assert "media-src" not in page
    assert "<audio" not in page
    assert "isLoud" not in page


def test_with_one_the_policy_allows_embedded_sound_and_nothing_else_more() -> None:
    plain, sounding = story_html(fuller()), story_html(fuller(), sounds={"top_song": silence(), "no_such_card": silence()})
    policies = [re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1] for page in (plain, sounding)]  # type: ignore[index]
    without_hash = [re.sub(r"sha256-[\w+/=]*", "", each) for each in policies]
    assert without_hash[1].replace("; media-src data:", "") == without_hash[0]
    assert sounding.count("<audio") == 1
    assert 'preload="none"' in sounding
    assert "autoplay" not in sounding


@pytest.mark.browser
@needs_a_browser
@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_it_is_silent_until_somebody_asks_and_nothing_starts_by_itself_with_reduced_motion(tmp_path: Path, motion: Any) -> None:
    path = tmp_path / "story.html"
    path.write_text(story_html(fuller(), sounds={"top_song": silence(), "finale": silence()}), encoding="utf-8")
    heard: list[str] = []
    with bare_browser() as browser:
        page = browser.new_context(viewport=PHONE, reduced_motion=motion).new_page()
        page.on("request", lambda request: heard.append(request.url) if not request.url.startswith(("data:", path.as_uri())) else None)
        page.on("console", lambda message: heard.append(message.text))
        page.goto(f"{path.as_uri()}#top_song")
        playing = "[...document.querySelectorAll('audio')].filter(each => !each.paused).map(each => each.closest('section').id)"
        assert page.evaluate(playing) == []
        button = page.locator(".here .sound")
        assert button.get_attribute("aria-label") == "Play an excerpt of Lantern Season"
        assert {button.bounding_box()[side] for side in ("width", "height")} == {44}
        button.click()
        moved = "new Promise(done => document.querySelector('#top_song audio').addEventListener('timeupdate', () => done(true)))"
        assert page.evaluate(moved)
        assert page.evaluate(playing) == ["top_song"]
        page.evaluate("opens('#finale')")
        assert page.evaluate(playing) == ([] if motion == "reduce" else ["finale"])
        assert page.locator(".here .sound").get_attribute("aria-pressed") == ("false" if motion == "reduce" else "true")
        page.keyboard.press("m")
        assert page.evaluate(playing) == (["finale"] if motion == "reduce" else [])
        page.keyboard.press("m")
        page.evaluate("opens('#top_song')")
        assert page.evaluate(playing) == ([] if motion == "reduce" else ["top_song"])
    assert heard == []


def test_the_command_cuts_excerpts_of_the_listeners_own_files_and_tells_no_path(small: Root, tmp_path: Path) -> None:
    library = tmp_path / "my music"
    for artist in ("artist of eple", "bo"):
        (library / artist).mkdir(parents=True)
    mp3(library / "artist of eple" / "01 eple.mp3", 7_000)
    wav(library / "bo" / "moon.wav", 20)
    (library / "bo" / "walk.flac").write_bytes(b"no music")
    story = ("story", "--listener", "ana", "--year", 2025, "--library", library)
    done = run(small.path, *story, "--format", "html", "--out", tmp_path / "page.html")
    assert "songs have a file" in done.stderr
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.count("data:audio/") >= 1
    assert "my music" not in page
    assert str(tmp_path) not in page
    assert "--format html" in run(small.path, *story, code=2).stderr
    month = ("story", "--listener", "ana", "--month", "2025-03", "--format", "html", "--library", library)
    assert "--library" in run(small.path, *month, code=2).stderr
