"""Takes the pictures of docs/launch.md from a server: `python tools/launch_pictures.py http://127.0.0.1:8000 countdown` (or `site`)."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).parents[1] / "docs" / "images"
NAMES = {"countdown": "launch-countdown.png", "site": "launch-site.png"}


def take(address: str, what: str) -> None:
    """The front page on a phone in New York; of the site its charts."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 390, "height": 844}, timezone_id="America/New_York")
        page.goto(address)
        if what == "site":
            page.locator("main").scroll_into_view_if_needed()
        page.screenshot(path=IMAGES / NAMES[what])
        browser.close()


if __name__ == "__main__":
    take(*sys.argv[1:])
