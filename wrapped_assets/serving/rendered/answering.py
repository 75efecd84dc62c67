"""Answers requests for rendered pages from their files. Every other request goes on to the application that tells stories anew."""

from __future__ import annotations

import errno
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from xxhash import xxh3_128_hexdigest

from wrapped_assets.serving.moment import moment_of
from wrapped_assets.serving.rendered.files import CARD_POLICY, NAME, member_of, sent_as
from wrapped_assets.serving.rendered.packing import packed, unpacked
from wrapped_assets.serving.rendered.shelf import FACES, FOLDER, PACKINGS, Shelf
from wrapped_assets.serving.rendered.snapshot import Page, Snapshot
from wrapped_assets.storage.root import Root
from wrapped_assets.stories.beside import FACE, files_beside, kind_of
from wrapped_assets.stories.language import accepted, spoken
from wrapped_assets.stories.scripts import POLICY_BESIDE

_PAGE = re.compile(r"/([0-9]{4})/([A-Za-z0-9_-]{24})")
_FILE = re.compile(rf"{_PAGE.pattern}/({NAME.pattern})")
_BESIDE = re.compile(rf"/{FACES}/([a-z0-9-]+\.[a-z0-9.-]+)")
_MOST_KEPT = 500  # pages in memory: some 25 KB each; the file system keeps the others
POLICY, FILE_POLICY = (f"{policy}; frame-ancestors 'none'" for policy in (POLICY_BESIDE, CARD_POLICY))
_BUSY = (errno.EMFILE, errno.ENFILE, errno.ENOMEM)  # of the machine: a file that cannot be read now is not damaged
_MOST_ARCHIVES = 50  # in memory: some 60 KB each


class RenderedPages:
    """Middleware. `headers` go with every page; `rehearses` says of a request whether it may see pages before their launch."""

    def __init__(
        self, app: ASGIApp, root: Root, headers: Mapping[str, str], rehearses: Callable[[Headers], bool]
    ) -> None:
        self._app, self._rehearses = app, rehearses
        self._snapshot = Snapshot(root)
        self._own = headers
        own = {**headers, "Content-Security-Policy": POLICY}  # two policies would both have to allow what a page loads
        self._headers = [(name.lower().encode(), value.encode()) for name, value in own.items()]
        self._beside = FilesBeside(root)
        self._content = _KeptPages()
        self._archive = lru_cache(_MOST_ARCHIVES)(_read_archive)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            if page := _PAGE.fullmatch(scope["path"]):
                if await self._page(scope, send, int(page[1]), page[2]):
                    return
            elif file := _FILE.fullmatch(scope["path"]):
                if await self._file(scope, send, int(file[1]), file[2], file[3]):
                    return
            elif (file := _BESIDE.fullmatch(scope["path"])) and await self._file_beside(scope, send, file[1]):
                return
        await self._app(scope, receive, send)

    async def _page(self, scope: Scope, send: Send, year: int, token: str) -> bool:
        """Answers, if there is a rendered page that may be shown, in a language that the reader wants."""
        self._snapshot.refresh()
        asked = Headers(scope=scope)
        pages = self._snapshot.pages.get(year)
        languages = pages.by_token.get(token) if pages else None
        if pages is None or languages is None or not (self._snapshot.has_launched(year, moment_of(scope)) or self._rehearses(asked)):
            return False
        locale = language_asked(scope["query_string"], asked.get("accept-language", ""), tuple(sorted(languages)))
        packing = packing_asked(asked.get("accept-encoding", ""))
        shown = languages[locale]
        try:
            content = self._content(pages.shelf, token, locale, shown, packing)
            if content is None and packing:  # damaged: the other file has the same page, and every reader takes it unpacked
                packing, content = "", self._content(pages.shelf, token, locale, shown, "")
        except OSError:  # it is there, and cannot be read now
            await send_whole(scope, send, 503, [*self._headers, (b"retry-after", b"5")], b"")
            return True
        if content is None:
            return False
        tag = f'"{shown.told}.{packing or "plain"}"'
        headers = [
            *self._headers, (b"content-type", b"text/html; charset=utf-8"), (b"content-language", locale.encode()),
            (b"vary", b"Accept-Encoding, Accept-Language"), (b"etag", tag.encode()),
        ]  # fmt: skip
        if tag in asked.get("if-none-match", ""):
            await send_whole(scope, send, 304, headers, b"")
            return True
        await send_whole(scope, send, 200, [*headers, *encoding_of(packing)], content)
        return True

    async def _file(self, scope: Scope, send: Send, year: int, token: str, name: str) -> bool:
        """Answers with a card or a playlist of a page, if the page may be shown."""
        self._snapshot.refresh()
        asked, pages = Headers(scope=scope), self._snapshot.pages.get(year)
        shown = next(iter((pages.by_token.get(token) or {}).values()), None) if pages else None
        if pages is None or shown is None or not shown.files:
            return False
        if not (self._snapshot.has_launched(year, moment_of(scope)) or self._rehearses(asked)):
            return False
        try:
            content = member_of(self._archive(pages.shelf, token, shown), name)
        except KeyError:
            return False
        except OSError as error:
            if error.errno not in _BUSY:
                return False
            await send_whole(scope, send, 503, [*self._headers, (b"retry-after", b"5")], b"")
            return True
        takes_gzip = packing_asked(re.sub(r"\bbr\b", "", asked.get("accept-encoding", ""))) == "gz"
        own = {**self._own, **sent_as(name), "Content-Security-Policy": FILE_POLICY, "Vary": "Accept-Encoding"}
        headers = [*((key.lower().encode(), value.encode()) for key, value in own.items()), *encoding_of("gz" if takes_gzip else "")]
        await send_whole(scope, send, 200, headers, content if takes_gzip else unpacked(content, "gz"))
        return True

    async def _file_beside(self, scope: Scope, send: Send, name: str) -> bool:
        """Answers with a face, or with the styles or the script of pages."""
        kind = kind_of(name)
        packing = packing_asked(Headers(scope=scope).get("accept-encoding", "")) if kind != FACE else ""
        content = self._beside(name, packing)
        if content is None:
            return False
        headers = [
            (b"content-type", kind.encode()), (b"cache-control", b"public, max-age=31536000, immutable"),
            (b"x-content-type-options", b"nosniff"), (b"vary", b"Accept-Encoding"),
        ]  # fmt: skip
        await send_whole(scope, send, 200, [*headers, *encoding_of(packing)], content)
        return True

class _KeptPages:
    """Pages as they are sent, the latest in memory. What is taken away or damaged is not kept: it may be whole again at once.

    OSError where the system opens no more files: that says nothing about the page.
    """

    def __init__(self) -> None:
        self._read = lru_cache(_MOST_KEPT)(_read)

    def __call__(self, shelf: Shelf, token: str, locale: str, page: Page, packing: str) -> bytes | None:
        """The page's bytes in one packing, or unpacked; None where no file of it is whole."""
        for source in (packing,) if packing else PACKINGS[::-1]:
            try:
                return self._read(shelf, token, locale, page, source, is_packed=bool(packing))
            except OSError as error:
                if error.errno in _BUSY:
                    raise
        return None


def _read(shelf: Shelf, token: str, locale: str, page: Page, packing: str, *, is_packed: bool) -> bytes:
    content = shelf.place(token, locale, page.told, packing).read_bytes()
    if xxh3_128_hexdigest(content) != getattr(page, f"{packing}_hash"):
        raise OSError("damaged")
    return content if is_packed else unpacked(content, packing)


def _read_archive(shelf: Shelf, token: str, page: Page) -> bytes:
    content = shelf.archive(token, page.files or "").read_bytes()
    if xxh3_128_hexdigest(content) != page.files_hash:
        raise OSError("damaged")
    return content


class FilesBeside:
    """What lies beside pages: of this program, or of an earlier one, as long as pages that it rendered are kept."""

    def __init__(self, root: Root) -> None:
        self._folder, self._own = root.path / FOLDER / FACES, files_beside()
        self._packed = lru_cache(64)(self._read)

    def __call__(self, name: str, packing: str) -> bytes | None:
        """The file's bytes in a packing; None where there is none of the name."""
        try:
            return self._own[name] if name in self._own and not packing else self._packed(name, packing)
        except OSError:
            return None

    def _read(self, name: str, packing: str) -> bytes:
        content = self._own.get(name) or (self._folder / name).read_bytes()
        return packed(content, packing) if packing else content


def encoding_of(packing: str) -> list[tuple[bytes, bytes]]:
    """The header that says how an answer is packed."""
    return [(b"content-encoding", {"br": b"br", "gz": b"gzip"}[packing])] if packing else []


@lru_cache(1_000)
def language_asked(query: bytes, header: str, rendered: tuple[str, ...]) -> str:
    """The language that the reader wants most among those rendered; English or the first where none is: an address opens always."""
    wanted = [parse_qs(query.decode("latin-1")).get("lang", [""])[0], *accepted(header)]
    return spoken(wanted, "en" if "en" in rendered else rendered[0], rendered)


@lru_cache(1_000)
def packing_asked(header: str) -> str:
    """The smallest packing that the reader takes; "" for none."""
    taken = {}
    for part in header.lower().split(","):
        name, _, weight = part.strip().partition(";")
        taken[name.strip()] = not re.fullmatch(r"\s*q=0(\.0*)?\s*", weight)
    for name, packing in (("br", "br"), ("gzip", "gz")):
        if taken.get(name, taken.get("*", False)):
            return packing
    return ""


async def send_whole(scope: Scope, send: Send, status: int, headers: list[tuple[bytes, bytes]], content: bytes) -> None:
    length = [] if status == 304 else [(b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *length]})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else content})
