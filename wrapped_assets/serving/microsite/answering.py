"""Answers requests for the microsite. Every other request goes on to the application below."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import blake2b

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from wrapped_assets.serving.microsite.files import HTML, File, file_of
from wrapped_assets.serving.microsite.state import SiteState, site_state
from wrapped_assets.serving.moment import moment_of
from wrapped_assets.serving.rendered.answering import language_asked, packing_asked, send_whole
from wrapped_assets.serving.rendered.changes import Changes
from wrapped_assets.serving.rendered.packing import packed
from wrapped_assets.storage.root import Root
from wrapped_assets.stories.catalogue import LANGUAGES
from wrapped_assets.stories.countdown import countdown_policy
from wrapped_assets.stories.microsite.pages import POLICY

_LOOKS_AGAIN = 5  # seconds; for what is in no registry, as who answers for the root
_MOST_KEPT = 1_000  # files in memory
_END = datetime.max.replace(tzinfo=UTC)  # when every launch is over: what a rehearsal sees
_SHORT = re.compile(r"/(?:([0-9]{4})/?)?")  # an address without a file: the reader's language decides


class MicrositePages:
    """Middleware. `rehearses` says of a request whether it may see what is not launched yet."""

    def __init__(
        self, app: ASGIApp, root: Root, headers: Mapping[str, str], rehearses: Callable[[Headers], bool]
    ) -> None:
        self._app, self._root, self._rehearses = app, root, rehearses
        self._headers = {**headers, "X-Robots-Tag": "all", "Cache-Control": "public, max-age=60"}
        self._changes, self._looked_at, self._state = Changes(root), -1e9, SiteState((), "", "", "")
        self._kept: dict[tuple[object, ...], tuple[File, str, bytes] | None] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and await self._answers(scope, send):
            return
        await self._app(scope, receive, send)

    async def _answers(self, scope: Scope, send: Send) -> bool:
        path, asked = scope["path"], Headers(scope=scope)
        short = _SHORT.fullmatch(path)
        if not short and not path.endswith((".html", ".jpg", ".txt")):
            return False
        self._refresh()
        is_rehearsal = self._rehearses(asked)
        now = _END if is_rehearsal else moment_of(scope)
        if path == "/" and self._state.coming(now):
            return False  # the application knows how much time is left
        key = path[1:]
        if short:
            locale = language_asked(scope["query_string"], asked.get("accept-language", ""), LANGUAGES)
            key = f"{short[1]}/index.{locale}.html" if short[1] else f"index.{locale}.html"
        packing = packing_asked(asked.get("accept-encoding", ""))
        found = self._file(key, now, packing)
        if found is None:
            return False
        if short and short[1] and not path.endswith("/"):  # so that the links of the page lead on
            await send_whole(scope, send, 308, [(b"location", f"/{short[1]}/".encode())], b"")
            return True
        file, tag, content = found
        own = self._headers | {"Content-Type": file.kind, "ETag": tag, "Vary": "Accept-Encoding, Accept-Language"}
        if file.kind == HTML:
            is_countdown = file.is_countdown
            policy = countdown_policy(is_kept=True, faces_beside=True) if is_countdown else POLICY
            own |= {"Content-Security-Policy": f"{policy}; frame-ancestors 'none'", "Content-Language": file.language}
            if is_countdown or is_rehearsal:
                own["Cache-Control"] = "private, no-store"
        if packing and file.kind == HTML:
            own["Content-Encoding"] = {"br": "br", "gz": "gzip"}[packing]
        headers = [(name.lower().encode(), value.encode()) for name, value in own.items()]
        is_same = tag in asked.get("if-none-match", "")
        await send_whole(scope, send, 304 if is_same else 200, headers, b"" if is_same else content)
        return True

    def _refresh(self) -> None:
        now = time.monotonic()
        if self._changes.since_last() or now - self._looked_at > _LOOKS_AGAIN:
            self._looked_at, found = now, site_state(self._root)
            if found != self._state:
                self._state = found
                self._kept.clear()

    def _file(self, key: str, now: datetime, packing: str) -> tuple[File, str, bytes] | None:
        """The file, its tag and its bytes in a packing; as it is kept while the same years are launched."""
        kept_by = (key, packing, *(year.launch_at is None or year.launch_at <= now for year in self._state.years))
        if kept_by not in self._kept:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            file = file_of(self._state, now, key)
            if file is None:
                return None  # whoever guesses addresses fills no memory
            tag = f'"{blake2b(file.content, digest_size=16).hexdigest()}.{packing or "plain"}"'
            self._kept[kept_by] = file, tag, packed(file.content, packing) if packing and file.kind == HTML else file.content
        return self._kept[kept_by]
