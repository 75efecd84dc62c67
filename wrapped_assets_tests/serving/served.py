"""Serves pages on a real port."""

from __future__ import annotations

import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from typing import Any, NamedTuple

import uvicorn

from wrapped_assets.building.situate import Project
from wrapped_assets.serving.http import configuration
from wrapped_assets.serving.pages import application

KEY = b"k" * 32


class _Stays(urllib.request.HTTPRedirectHandler):
    """Follows nothing."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Page(NamedTuple):
    status: int
    text: str
    headers: dict[str, str]  # by names in lower case
    content: bytes


@contextmanager
def served(project: Project, key: bytes | None = KEY, **options: Any) -> Iterator[Any]:
    """The application on a real port of this machine."""
    server = uvicorn.Server(configuration(application(project, key, **options), "127.0.0.1", 0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]

    def get(path: str, headers: dict[str, str] | None = None, *, follows: bool = True) -> Page:
        opener = urllib.request.build_opener() if follows else urllib.request.build_opener(_Stays)
        try:
            with opener.open(urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers or {})) as answer:
                return page(answer.status, answer.read(), answer.headers)
        except urllib.error.HTTPError as error:
            return page(error.code, error.read(), error.headers)

    def page(status: int, content: bytes, headers: Message) -> Page:
        named = {name.lower(): value for name, value in headers.items()}
        return Page(status, "" if "content-encoding" in named else content.decode(errors="replace"), named, content)

    get.address, get.server = f"http://127.0.0.1:{port}", server  # type: ignore[attr-defined]
    yield get
    server.should_exit = True
    thread.join(5)
