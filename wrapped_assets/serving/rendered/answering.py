"""Answers requests for rendered pages from their files. Every other request goes on to the application that tells stories anew."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from wrapped_assets.faces.embedding import face_files
from wrapped_assets.serving.rendered.packing import unpacked
from wrapped_assets.serving.rendered.shelf import FACES, Shelf
from wrapped_assets.serving.rendered.snapshot import Snapshot
from wrapped_assets.storage.root import Root
from wrapped_assets.stories.language import accepted, spoken
from wrapped_assets.stories.scripts import STORY, policy_of

_PAGE = re.compile(r"/([0-9]{4})/([A-Za-z0-9_-]{24})")
_FACE = re.compile(rf"/{FACES}/([a-z0-9.-]+)")
_MOST_KEPT = 2_000  # pages in memory: some 25 KB each
POLICY = f"{policy_of(STORY, faces_beside=True)}; frame-ancestors 'none'"


class RenderedPages:
    """Middleware. `headers` go with every page; `rehearses` shows pages before their launch."""

    def __init__(
        self, app: ASGIApp, root: Root, headers: Mapping[str, str], clock: Callable[[], datetime], *, rehearses: bool = False
    ) -> None:
        self._app, self._rehearses = app, rehearses
        self._snapshot = Snapshot(root, clock)
        own = {**headers, "Content-Security-Policy": POLICY}  # two policies would both have to allow what a page loads
        self._headers = [(name.lower().encode(), value.encode()) for name, value in own.items()]
        self._faces = face_files()
        self._content = lru_cache(_MOST_KEPT)(_content)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            if page := _PAGE.fullmatch(scope["path"]):
                if await self._page(scope, send, int(page[1]), page[2]):
                    return
            elif (face := _FACE.fullmatch(scope["path"])) and face[1] in self._faces:
                kind = [(b"content-type", b"font/woff2"), (b"cache-control", b"public, max-age=31536000, immutable")]
                await _send(scope, send, 200, kind, self._faces[face[1]])
                return
        await self._app(scope, receive, send)

    async def _page(self, scope: Scope, send: Send, year: int, token: str) -> bool:
        """Answers, if there is a rendered page that may be shown, in a language that the reader wants."""
        self._snapshot.refresh()
        pages = self._snapshot.pages.get(year)
        languages = pages.by_token.get(token) if pages else None
        if pages is None or languages is None or not (self._rehearses or self._snapshot.has_launched(year)):
            return False
        asked = Headers(scope=scope)
        locale = _language(scope["query_string"], asked.get("accept-language", ""))
        if locale not in languages:
            return False
        packing = _packing(asked.get("accept-encoding", ""))
        told = languages[locale]
        tag = f'"{told}.{packing or "plain"}"'
        headers = [
            *self._headers, (b"content-type", b"text/html; charset=utf-8"), (b"content-language", locale.encode()),
            (b"vary", b"Accept-Encoding, Accept-Language"), (b"etag", tag.encode()),
        ]  # fmt: skip
        if tag in asked.get("if-none-match", ""):
            await _send(scope, send, 304, headers, b"")
            return True
        try:
            content = self._content(pages.shelf, token, locale, told, packing)
        except OSError:  # taken away meanwhile
            return False
        if packing:
            headers.append((b"content-encoding", {"br": b"br", "gz": b"gzip"}[packing]))
        await _send(scope, send, 200, headers, content)
        return True


def _content(shelf: Shelf, token: str, locale: str, told: str, packing: str) -> bytes:
    content = shelf.place(token, locale, told, packing or "gz").read_bytes()
    return content if packing else unpacked(content, "gz")


@lru_cache(1_000)
def _language(query: bytes, header: str) -> str:
    return spoken([parse_qs(query.decode("latin-1")).get("lang", [""])[0], *accepted(header)])


@lru_cache(1_000)
def _packing(header: str) -> str:
    """The smallest packing that the reader takes; "" for none."""
    taken = {}
    for part in header.lower().split(","):
        name, _, weight = part.strip().partition(";")
        taken[name.strip()] = not re.fullmatch(r"\s*q=0(\.0*)?\s*", weight)
    for name, packing in (("br", "br"), ("gzip", "gz")):
        if taken.get(name, taken.get("*", False)):
            return packing
    return ""


async def _send(scope: Scope, send: Send, status: int, headers: list[tuple[bytes, bytes]], content: bytes) -> None:
    length = [] if status == 304 else [(b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *length]})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else content})
