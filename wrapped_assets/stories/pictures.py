"""Every card of a story as pictures to share, upright and square, drawn by the page's own script in one run of Chromium.

The page offers the same pictures one by one. Cards that name others, or tell when somebody is awake, and the questions have none; a
picture shows neither the listener's name nor the facts under a headline.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass

from wrapped_assets.faces.embedding import LAST_RESORT, rules_for
from wrapped_assets.stories.browsing import opened
from wrapped_assets.stories.data import StoryData
from wrapped_assets.stories.page import story_html
from wrapped_assets.stories.png import without_metadata
from wrapped_assets.stories.scripts import PICTURES, script

SIZES = ((1080, 1920), (1080, 1080))


@dataclass(frozen=True)
class Picture:
    """One card in one size; `alt` is what it says, for those who do not see it."""

    name: str
    alt: str
    size: tuple[int, int]
    png: bytes


def card_pictures(data: StoryData, browser: str | None = None) -> list[Picture]:
    """The pictures of a listener's story, as `pictures_of` draws them."""
    return pictures_of(story_html(data), browser)


def pictures_of(page: str, browser: str | None = None) -> list[Picture]:
    """The pictures of a page's cards, in its order. BrowserMissingError without Chromium, RuntimeError where it draws nothing in time."""
    drawn = json.loads(drawn_by(page, PICTURES, {"SIZES": SIZES}, browser))
    return [
        Picture(each["name"], each["alt"], size, without_metadata(b64decode(url.partition(",")[2])))
        for each in drawn
        for size, url in zip(SIZES, each["pictures"], strict=True)
    ]


def drawn_by(page: str, drawing: str, given: Mapping[str, object], browser: str | None = None) -> str:
    """What a script leaves in the page as JSON, with constants that it is given. Errors as of `pictures_of`."""
    page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page, count=1)  # a second script draws
    page = page.replace("sans-serif", f'"{LAST_RESORT}",sans-serif')
    page = page.replace("<style>", "<style>" + rules_for(page, with_last_resort=True), 1)
    constants = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in given.items())
    page = page.replace("</body>", f"<script>{constants}{script(drawing)}</script></body>")
    with opened(page, browser) as run:
        printed = run("--window-size=480,900", "--virtual-time-budget=60000", "--dump-dom").decode()
        found = re.search(r'(?s)<script type="application/json" id="drawn">(.*?)</script>', printed)
        if found is None:
            raise RuntimeError(f"{run.browser} drew no cards; open the page of --format html instead")
        return found.group(1)
