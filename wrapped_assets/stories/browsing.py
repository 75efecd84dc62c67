"""An installed Chromium that draws a page of ours, without a network and without a trace."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from wrapped_assets.contracts.errors import WrappedError
from wrapped_assets.faces.fontconfig import configuration

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_SECONDS = 120


class BrowserMissingError(WrappedError):
    """No browser is installed that could draw the picture."""


@dataclass(frozen=True)
class Run:
    """A page in a folder of its own, and the browser that opens it with the arguments of each call."""

    browser: str
    folder: Path

    def __call__(self, *arguments: str) -> bytes:
        """What the browser prints. RuntimeError where it does not end in time."""
        command = [
            self.browser, "--headless", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--user-data-dir={self.folder}/profile", "--font-render-hinting=none", *arguments, (self.folder / "page.html").as_uri(),
        ]  # fmt: skip
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # Chromium refuses to start as root with it; the page and its script are our own
        environment = {**os.environ, "FONTCONFIG_FILE": str(self.folder / "fonts.conf")}
        try:
            return subprocess.run(command, check=False, capture_output=True, timeout=_SECONDS, env=environment).stdout  # noqa: S603 (found on PATH)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise RuntimeError(f"{self.browser} could not draw the picture: {error}") from error


@contextmanager
def opened(page: str, browser: str | None = None) -> Iterator[Run]:
    """The page, ready for the browser; the folder ends with the block. BrowserMissingError without Chromium."""
    found = browser or next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        raise BrowserMissingError("a PNG is drawn by Chromium, and none is installed; install it, or write --format html")
    with tempfile.TemporaryDirectory(prefix="story-card-") as name:
        folder = Path(name)
        (folder / "fonts.conf").write_text(configuration(folder), encoding="utf-8")
        (folder / "page.html").write_text(page, encoding="utf-8")
        yield Run(found, folder)
