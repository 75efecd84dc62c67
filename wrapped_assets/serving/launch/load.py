"""A load test before a launch: a server of its own on this machine, readers who ask for every page at random, each answer compared.

The server ends with the test. It shows what is not launched yet to the test alone, by the token of a rehearsal.
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from xxhash import xxh3_128_hexdigest

from wrapped_assets.contracts.errors import BuildError
from wrapped_assets.serving.rendered.shelf import Shelf
from wrapped_assets.serving.rendered.standing import Standing
from wrapped_assets.storage import publications
from wrapped_assets.storage.root import Root

SECONDS, READERS = 5.0, 16
_TOKEN, _STARTS_WITHIN, _ANSWERS_WITHIN = "WRAPPED_REHEARSAL", 60, 10


@dataclass
class Load:
    """What readers saw: seconds of each answer, failed requests, and answers that were not the page."""

    seconds: list[float] = field(default_factory=list)
    errors: int = 0
    wrong: int = 0
    took: float = 0.0

    @property
    def requests(self) -> int:
        return len(self.seconds)

    @property
    def a_second(self) -> float:
        return self.requests / self.took if self.took else 0.0

    @property
    def late_ms(self) -> float:
        """Milliseconds within which 99 of 100 requests were answered."""
        return sorted(self.seconds)[int(self.requests * 0.99)] * 1000 if self.seconds else 0.0


def load_test(root: Root, year: int, seconds: float = SECONDS, readers: int = READERS) -> Load:
    """Serves the rendered pages of a year and reads them. BuildError where the server does not start or there is no page."""
    live = publications.live(root).get(year)
    pages = _pages(Shelf(root, year, live.number), Standing.now(root)) if live else []
    if not pages:
        raise BuildError(f"no page of {year} is rendered: run `wrapped render {year}` first")
    token, port = secrets.token_urlsafe(18), free_port()
    command = [sys.executable, "-m", "wrapped_assets.serving.launch.load", str(root.path.resolve()), str(port)]
    server = subprocess.Popen(  # noqa: S603 (our own module)
        command, env=os.environ | {_TOKEN: token}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        return asyncio.run(_read(port, year, token, pages, seconds, readers))
    finally:
        server.terminate()
        server.wait(10)


def _pages(shelf: Shelf, standing: Standing) -> list[tuple[str, str, str]]:
    """Token, language and hash of each page that may be shown."""
    shown = [standing.shown(shelf.year, index).select("token", "locale", "br_hash").rows() for _, index in shelf.indexes()]
    return [row for rows in shown for row in rows]


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


async def _read(port: int, year: int, token: str, pages: list[tuple[str, str, str]], seconds: float, readers: int) -> Load:
    await until_it_answers(port)
    chance = random.Random(0)  # noqa: S311 (no secret)

    async def reader(load: Load, until: float) -> None:
        source, sink = await asyncio.open_connection("127.0.0.1", port)
        while (asked := time.perf_counter()) < until:
            address, locale, digest = chance.choice(pages)
            head_line = f"GET /{year}/{address}?lang={locale} HTTP/1.1"
            lines = (head_line, "Host: 127.0.0.1", "Accept-Encoding: br", f"Cookie: rehearsal={token}", "", "")
            sink.write("\r\n".join(lines).encode())
            head = await source.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n", 1)[0])
            body = await source.readexactly(length)
            load.seconds.append(time.perf_counter() - asked)
            load.errors += head.split(b" ", 2)[1] != b"200"
            load.wrong += head.split(b" ", 2)[1] == b"200" and xxh3_128_hexdigest(body) != digest
        sink.close()

    with suppress(TimeoutError, OSError, ValueError, asyncio.IncompleteReadError):  # with the first answer it learns which pages there are
        await asyncio.wait_for(reader(Load(), time.perf_counter() + 0.01), _STARTS_WITHIN)
    found, began = Load(), time.perf_counter()

    async def bounded() -> None:
        try:
            await asyncio.wait_for(reader(found, began + seconds), seconds + _ANSWERS_WITHIN)
        except (TimeoutError, OSError, ValueError, asyncio.IncompleteReadError):
            found.errors += 1

    await asyncio.gather(*(bounded() for _ in range(readers)))
    found.took = time.perf_counter() - began
    return found


async def until_it_answers(port: int) -> None:
    """Returns when something answers on this port of this machine. BuildError after a minute."""
    until = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < until:
        try:
            _, sink = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
            continue
        sink.close()
        return
    raise BuildError("the server of the load test did not start within a minute")


def _serve(root: str, port: str) -> None:
    import uvicorn

    from wrapped_assets.building.situate import Project
    from wrapped_assets.serving.http import configuration
    from wrapped_assets.serving.pages import application

    pages = application(Project(Root.open(Path(root))), rehearsal=os.environ[_TOKEN])
    uvicorn.Server(configuration(pages, "127.0.0.1", int(port), log_level="error")).run()


if __name__ == "__main__":
    _serve(*sys.argv[1:])
