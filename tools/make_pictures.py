"""Makes the pictures of the README and of docs/operations.md from what `./start demo` makes: `.venv/bin/python -m tools.make_pictures`.

It needs Chromium and the packages of requirements/test.txt, and takes about ten minutes: it carries out the operator's day of
docs/operations.md and writes its log there. The folder of the pictures may be given.
"""

from __future__ import annotations

import sys
import tempfile
from base64 import b64encode
from pathlib import Path
from typing import Any

from tools.operators_day import ROOT
from tools.steps_of_the_day import carry_out
from wrapped_assets_tests.browser import PHONE, browser_of

IMAGES = ROOT / "docs" / "images"
CARDS = ("opening", "artist_race", "listening_calendar")


def three_cards(browser: Any, story: Path, target: Path) -> None:
    """Cards of a story side by side, each as a phone shows it."""
    page = browser.new_context(viewport=PHONE, reduced_motion="reduce").new_page()
    page.goto(story.as_uri())
    shots = []
    for name in CARDS:
        page.evaluate("name => { location.hash = name }", name)
        page.locator(f"#{name}.here").wait_for()
        shots.append(b64encode(page.screenshot()).decode())
    frame = browser.new_page(viewport={"width": 1278, "height": 892})
    images = "".join(f'<img src="data:image/png;base64,{shot}" style="border-radius:28px;display:block">' for shot in shots)
    frame.set_content(f'<body style="margin:0;padding:24px 30px;display:flex;gap:24px;background:#fff">{images}</body>')
    frame.screenshot(path=str(target))


def make(folder: Path) -> None:
    """Runs the demo in a root of its own, carries out the day, and draws what they made."""
    with tempfile.TemporaryDirectory(prefix="pictures-") as scratch, browser_of(with_installed=True) as browser:
        carry_out(Path(scratch), browser, folder)
        three_cards(browser, next((Path(scratch) / "data/home/stories").glob("mira-*.html")), folder / "story-phone.png")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES)
