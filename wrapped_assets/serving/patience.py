"""How long a server waits for a reader, and for how many: one who is slow, idle or greedy costs nobody else an answer.

uvicorn closes a connection that is idle after an answer. It waits for ever for a request that never ends, and for a reader who does not
take an answer.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, cast

from uvicorn.protocols.http.auto import AutoHTTPProtocol

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

IDLE_SECONDS = 5  # after an answer, until the next request begins
REQUEST_SECONDS = 10  # for a request to arrive
READING_SECONDS = 60  # for an answer to be made and taken: a fully embedded page at 25 kbit/s
ENDING_SECONDS = 5  # for answers under way when the server is asked to end
HEAD_BYTES = 32_768  # of a request without its body
READERS = 4_000  # connections at once, some 10 KB each
_SPARE_FILES = 200  # for pages, the registry, and everything else that is opened
_MOST_FILES = 16_384
_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


def readers_at_once() -> int:
    """How many connections there may be, so that files can still be opened. Lets this process open more files if the system does."""
    if resource is None:
        return READERS
    limit, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if most == resource.RLIM_INFINITY else min(most, _MOST_FILES)
    if limit not in (resource.RLIM_INFINITY,) and limit < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
            limit = wanted
    return READERS if limit == resource.RLIM_INFINITY else max(1, min(READERS, limit - _SPARE_FILES))


class PatientProtocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """One connection. A timer looks after it from its first moment to its last."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._since, self._head_bytes, self._seen, self._timer = self.loop.time(), 0, None, cast("asyncio.TimerHandle | None", None)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._look()
        if len(self.connections) > self.config.readers_at_once:
            self._end(_BUSY)

    def data_received(self, data: bytes) -> None:
        self._head_bytes += len(data) if self._is_waiting() else 0
        super().data_received(data)
        if self.cycle is not self._seen:
            self._seen, self._head_bytes, self._since = self.cycle, 0, self.loop.time()
        elif self._head_bytes > HEAD_BYTES:
            self._end(_TOO_LONG)

    def on_response_complete(self) -> None:
        self._since = self.loop.time()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer:
            self._timer.cancel()
        super().connection_lost(exc)

    def _is_waiting(self) -> bool:
        """Whether it is the reader's turn to ask."""
        return self.cycle is None or self.cycle.response_complete

    def _look(self) -> None:
        """Ends the connection where patience is over, or looks again later."""
        is_answering = not self._is_waiting() or self.transport.get_write_buffer_size() > 0
        left = self._since + (READING_SECONDS if is_answering else REQUEST_SECONDS) - self.loop.time()
        if left <= 0:
            self.transport.abort()
        else:
            self._timer = self.loop.call_later(min(left, REQUEST_SECONDS), self._look)

    def _end(self, answer: bytes) -> None:
        self.transport.write(answer)
        self.transport.close()
