"""The moment of a request, read from the clock once: everything that answers it agrees whether a launch is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

_KEY = "wrapped_assets.moment"  # of a request's scope; no browser can set it
_STEP = timedelta(minutes=1)  # a clock that is set back by more was wrong before, and is followed


class Moment:
    """Middleware. A clock that is corrected by some seconds does not take back a launch that readers have seen: it stands still instead."""

    def __init__(self, app: ASGIApp, clock: Callable[[], datetime]) -> None:
        self._app, self._clock, self._last = app, clock, clock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        now = self._clock()
        self._last = self._last if self._last - _STEP <= now < self._last else now
        await self._app({**scope, _KEY: self._last}, receive, send)


def moment_of(scope: Mapping[str, Any]) -> datetime:
    """When the request came, by the server's clock."""
    found = scope[_KEY]
    assert isinstance(found, datetime)
    return found
