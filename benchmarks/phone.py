"""A picture of a page as a phone in New York shows it: `python -m benchmarks.phone ADDRESS FILE`."""

from __future__ import annotations

import sys

from playwright.sync_api import sync_playwright


def take(address: str, file: str) -> None:
    """Photographs the top of a page."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 390, "height": 844}, timezone_id="America/New_York")
        page.goto(address)
        page.wait_for_timeout(500)
        page.screenshot(path=file)
        browser.close()


if __name__ == "__main__":
    take(*sys.argv[1:])
