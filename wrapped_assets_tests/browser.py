"""A real browser that sees no face but those that a page brings along."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from wrapped_assets.faces.embedding import LAST_RESORT, faces
from wrapped_assets.faces.fontconfig import configuration
from wrapped_assets.stories.browsing import BROWSERS

CHROMIUM = next((path for name in BROWSERS if (path := shutil.which(name))), None)
needs_a_browser = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
QUIET = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--font-render-hinting=none",
)  # fmt: skip


def bare_browser() -> AbstractContextManager[Any]:
    """Chromium on a machine without faces, however many this one has."""
    return browser_of(with_installed=False)


@contextmanager
def browser_of(*, with_installed: bool) -> Iterator[Any]:
    """Chromium, with the faces of this machine or without them."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with tempfile.TemporaryDirectory(prefix="faces-") as folder, sync_api.sync_playwright() as playwright:
        fonts = Path(folder) / "fonts.conf"
        fonts.write_text(configuration(Path(folder), with_installed=with_installed))
        environment = {**os.environ, "FONTCONFIG_FILE": str(fonts)}
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET, env=environment)
        yield launched
        launched.close()


def on_a_japanese_machine(page: str) -> str:
    """The page as where Noto Sans JP is installed: another face with characters as wide as they are high stands in for it."""
    rules = (each.rule() for each in faces() if each.family == LAST_RESORT)
    return page.replace("<style>", "<style>" + "".join(rules).replace(LAST_RESORT, "Noto Sans JP"), 1)
