"""What every answer of a server carries, also a 404 and the health page, and which hosts it answers to."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "[::1]"})


def host_of(header: str) -> str:
    """The name in a Host header, without its port: `[::1]:8000` is `[::1]`."""
    name, separator, port = header.strip().lower().rpartition(":")
    return name if separator and port.isdigit() else header.strip().lower()


class Shield:
    """Adds headers to every answer; with `hosts`, answers requests for those alone.

    A page on another site can give its own name this machine's address, and then read what a local server answers (DNS rebinding).
    The name stays in the Host header, so that it is refused here.
    """

    def __init__(self, app: ASGIApp, headers: Mapping[str, str], hosts: Collection[str] | None = None) -> None:
        self._app, self._headers, self._hosts = app, headers, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def shielded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        if self._hosts is not None and host_of(Headers(scope=scope).get("host", "")) not in self._hosts:
            refusal = PlainTextResponse("This server does not answer to that host.\n", status_code=421)
            await refusal(scope, receive, shielded)
            return
        await self._app(scope, receive, shielded)
