"""Makes the pictures of the README and of docs/operations.md from what `./start demo` makes: `.venv/bin/python -m tools.make_pictures`.

It needs Chromium and the packages of requirements/test.txt, and takes about two minutes. The folder of the pictures may be given.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from wrapped_assets_tests.browser import PHONE, browser_of

IMAGES = Path(__file__).parents[1] / "docs" / "images"
CARDS = ("opening", "artist_race", "listening_calendar")
SCREEN = {"width": 1280, "height": 860}
WRAPPED = (sys.executable, "-c", "from wrapped_assets.cli import main; main()")


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


@contextmanager
def ui(data: Path) -> Iterator[str]:
    """The address of the Dagster UI on a data root."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [*WRAPPED, "ui", "--port", str(port), "--data", str(data)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{address}/server_info", timeout=2).close()
                break
            except OSError:
                time.sleep(1)
        yield address
    finally:
        process.terminate()
        process.wait(120)


def of_the_ui(browser: Any, address: str, folder: Path) -> None:
    """The asset graph, an asset's page, its figures over the months, the dialog of a backfill, and what runs by itself."""
    page = browser.new_page(viewport=SCREEN)

    def opened(path: str) -> None:
        page.goto(f"{address}/{path}", wait_until="networkidle")
        page.wait_for_timeout(4000)  # the UI goes on drawing after its last answer

    opened("asset-groups")
    page.get_by_text("Hide navigation").click()  # for all pages from here on
    opened("asset-groups")
    page.screenshot(path=str(folder / "asset-graph.png"))
    opened("automation")
    page.screenshot(path=str(folder / "automation.png"), clip={"x": 0, "y": 0, "width": 1280, "height": 560})
    opened("assets/aggregates/listener_days?view=overview")
    page.screenshot(path=str(folder / "asset.png"))
    page.get_by_text("Plots", exact=True).last.click()
    page.get_by_text("Plots", exact=True).last.scroll_into_view_if_needed()
    page.wait_for_timeout(2000)
    page.get_by_text("cells_cut_off").first.scroll_into_view_if_needed()
    page.wait_for_timeout(1000)
    page.screenshot(path=str(folder / "plots.png"))
    page.get_by_role("button", name="Materialize").first.click()
    page.wait_for_timeout(2000)
    box = page.get_by_role("dialog").locator("input[type=text]").first
    box.fill("[2024-06...2024-09]")
    box.press("Enter")
    page.wait_for_timeout(1500)
    page.screenshot(path=str(folder / "backfill.png"))


def make(folder: Path) -> None:
    """Runs the demo in a root of its own and draws what it made."""
    with tempfile.TemporaryDirectory(prefix="pictures-") as scratch, browser_of(with_installed=True) as browser:
        data = Path(scratch) / "home"
        subprocess.run([*WRAPPED, "demo", "--data", str(data)], check=True, stdout=subprocess.DEVNULL)
        three_cards(browser, next((data / "stories").glob("mira-*.html")), folder / "story-phone.png")
        with ui(data) as address:
            of_the_ui(browser, address, folder)


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES)
