"""Whose story `/me` is: the name that a login in front of the server says, in a header that it alone may set. Off unless configured.

The server believes the header only of the addresses of the login's proxy. A proxy must replace what a browser sends under that name; where
more than one value arrives, it did not, and nobody is believed.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import unquote

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.serving.moment import moment_of
from wrapped_assets.storage import publications, registry, restrictions
from wrapped_assets.storage.addresses import addresses
from wrapped_assets.storage.launches import launches
from wrapped_assets.storage.registry import Listener
from wrapped_assets.storage.root import Root

OWN = "wrapped_assets.own"  # the key of a request's scope under which the listener stands; no browser can set it
_ME = re.compile(r"/me(?:/([0-9]{4}))?/?")
_ENDS_HERE = {"host", "cookie", "authorization", "accept", "accept-language", "accept-encoding", "origin", "user-agent", "referer"}


@dataclass(frozen=True)
class Login:
    """The header that names a listener, and the addresses of the proxy that may set it."""

    header: str
    proxies: tuple[IPv4Network | IPv6Network, ...]

    @classmethod
    def of(cls, header: str, proxies: Collection[str]) -> Login:
        """InputError for a name that is no header's of its own, without a proxy, or for what is no address."""
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,63}", header) or header.lower() in _ENDS_HERE:
            raise InputError(f"expected --login-header as a header that the login sets, such as X-Remote-User, got {header!r}")
        if not proxies:
            raise InputError("--login-header needs --trusted-proxy: from any other address anybody could send the header")
        found = []
        for each in proxies:
            try:
                found.append(ip_network(each))
            except ValueError:
                raise InputError(f"expected --trusted-proxy as an address or network, such as 10.0.0.0/28, got {each!r}") from None
            if found[-1].prefixlen == 0:
                raise InputError("--trusted-proxy trusts every address: name the proxy's own")
        return cls(header.lower(), tuple(found))

    def name(self, scope: Scope) -> str | None:
        """The name that the proxy says; None from any other address, and where there is none or more than one."""
        peer = (scope.get("client") or ("",))[0]
        try:
            address = ip_address(peer)
        except ValueError:
            return None
        address = getattr(address, "ipv4_mapped", None) or address
        if not any(address.version == each.version and address in each for each in self.proxies):
            return None
        said = Headers(scope=scope).getlist(self.header)
        if len(said) != 1 or not said[0].strip():
            return None
        try:
            return unquote(said[0].strip().encode("latin-1").decode("utf-8"), errors="strict")
        except UnicodeDecodeError:
            return None


class OwnStory:
    """Middleware: `/me` leads to the newest year that is launched, and `/me/YEAR` is answered as the listener's own page is."""

    def __init__(self, app: ASGIApp, root: Root, login: Login) -> None:
        self._app, self._root, self._login = app, root, login

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = _ME.fullmatch(scope["path"]) if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") else None
        if asked is None:
            await self._app(scope, receive, send)
            return
        person = self._person(scope)
        if person is None:
            await PlainTextResponse("Nobody is logged in whose story this could be.\n", status_code=401)(scope, receive, send)
        elif person.listener_id in restrictions.restricted(self._root):
            await PlainTextResponse("This story is withheld: its data may not be used now.\n", status_code=403)(scope, receive, send)
        elif asked[1] is None:
            year = self._newest(moment_of(scope))
            answer = RedirectResponse(f"/me/{year}", status_code=303) if year else PlainTextResponse("No story yet.\n", status_code=404)
            await answer(scope, receive, send)
        else:
            year = int(asked[1])
            token = addresses(self._root, year, [person.listener_id])[person.listener_id].token
            await self._app({**scope, "path": f"/{year}/{token}", OWN: person}, receive, send)

    def _person(self, scope: Scope) -> Listener | None:
        name = self._login.name(scope)
        try:
            return registry.find_listener(self._root, name) if name else None
        except InputError:
            return None

    def _newest(self, now: datetime) -> int | None:
        """The newest year that is launched, or else the one that will be: its address counts down."""
        live, instants = publications.live(self._root), launches(self._root)
        launched = [year for year in live if year not in instants or instants[year] <= now]
        return max(launched, default=None) or min(instants, default=None)
