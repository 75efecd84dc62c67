"""The headers that every answer of a server carries, also a 404 and the health page, and the requests that it answers at all."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wrapped_assets.contracts.errors import InputError

THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "[::1]"})
_EVERY_ADDRESS = {"0.0.0.0", "[::]"}  # noqa: S104 (compared, not bound to)


def host_of(header: str) -> str:
    """The name in a Host header, without its port: `[::1]:8000` is `[::1]`."""
    name, separator, port = header.strip().lower().rpartition(":")
    return name if separator and port.isdigit() else header.strip().lower()


def hosts_of(bound: str, allowed: Collection[str] = ()) -> set[str]:
    """The hosts that a server bound to an address answers to, as Host headers name them: this machine's names, the address, the allowed.

    InputError for an allowed host that no header can have.
    """
    for name in allowed:
        if not re.fullmatch(r"[a-z0-9._-]+|\[[0-9a-f:.]+\]", _in_a_header(name)):
            raise InputError(f"expected a host's name or address, such as ui.example.org, got {name!r}")
    return {*THIS_MACHINE, *map(_in_a_header, (bound, *allowed))} - _EVERY_ADDRESS


def _in_a_header(host: str) -> str:
    return f"[{host.lower()}]" if ":" in host and not host.startswith("[") else host.lower()


class Shield:
    """Adds headers to every answer. With `hosts`, answers only requests for those hosts that no other site sent.

    A page on another site can give its own name this machine's address, and then read what a local server answers (DNS rebinding). That
    name is in the Host header. A page can also send requests to this machine by its right name, and open websockets, without reading
    the answers. Browsers then name the page in Origin, or say "cross-site" in Sec-Fetch-Site. Links are followed.
    """

    def __init__(self, app: ASGIApp, headers: Mapping[str, str], hosts: Collection[str] | None = None) -> None:
        self._app, self._headers, self._hosts = app, headers, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return

        async def shielded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        fault = None if self._hosts is None else _fault(scope, self._hosts)
        if fault is None:
            await self._app(scope, receive, shielded)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": "refused"})
        else:
            status, text = fault
            await PlainTextResponse(f"{text}\n", status_code=status)(scope, receive, shielded)


def _fault(scope: Scope, hosts: Collection[str]) -> tuple[int, str] | None:
    """The status and text with which a request is refused; None for one that may be answered."""
    headers = Headers(scope=scope)
    if host_of(headers.get("host", "")) not in hosts:
        return 421, "This server does not answer to that host. Its operator can allow a host with --allow-host."
    origin = headers.get("origin")
    if origin is not None and host_of(urlsplit(origin).netloc) not in hosts:
        return 403, "This server does not answer requests of other sites."
    is_link = scope.get("method") == "GET" and headers.get("sec-fetch-mode") == "navigate"
    if headers.get("sec-fetch-site") in ("cross-site", "same-site") and not is_link:
        return 403, "This server does not answer requests of other sites."
    return None
