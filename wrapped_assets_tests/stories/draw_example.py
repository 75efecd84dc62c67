"""Draws the README's picture from the fictional year: `python -m wrapped_assets_tests.stories.draw_example FILE`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from base64 import b64encode
from pathlib import Path

from playwright.sync_api import sync_playwright

from wrapped_assets.stories.card import BROWSERS
from wrapped_assets.stories.page import story_html
from wrapped_assets_tests.stories.fictional_catalogue import fuller

SHOWN = ("opening", "artist_race", "listening_personality")


def draw(target: Path) -> None:
    """Three cards side by side, each as a phone shows it."""
    chromium = next(path for name in BROWSERS if (path := shutil.which(name)))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        story = Path(folder) / "story.html"
        story.write_text(story_html(fuller()), encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce").new_page()
        page.goto(story.as_uri())
        shots = []
        for name in SHOWN:
            page.eval_on_selector(f"#{name}", "card => card.scrollIntoView()")
            shots.append(b64encode(page.screenshot()).decode())
        frame = browser.new_page(viewport={"width": 1278, "height": 892})
        images = "".join(f'<img src="data:image/png;base64,{shot}" style="border-radius:28px;display:block">' for shot in shots)
        frame.set_content(f'<body style="margin:0;padding:24px 30px;display:flex;gap:24px;background:#fff">{images}</body>')
        frame.screenshot(path=str(target))
        browser.close()


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
