"""A picture of a page as a phone in New York shows it, or of a part of it: `python -m benchmarks.phone ADDRESS FILE [SELECTOR]`."""

from __future__ import annotations

import sys

from playwright.sync_api import sync_playwright


def take(address: str, file: str, part: str = "body") -> None:
    """Photographs the screen with a part of the page in it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 390, "height": 844}, timezone_id="America/New_York")
        page.goto(address)
        page.locator(part).scroll_into_view_if_needed()
        page.wait_for_timeout(500)
        page.screenshot(path=file)
        browser.close()


if __name__ == "__main__":
    take(*sys.argv[1:])
