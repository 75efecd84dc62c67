"""Readers who wait at a server for the instant of a launch, and a look at the folder that is flipped."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field
from pathlib import Path

_LOOKS_EVERY = 0.002  # seconds, at the folder


@dataclass(frozen=True)
class Flip:
    """What is waited for: an instant in seconds since 1970, at a port of this machine and in a folder."""

    year: int
    at: float
    port: int
    folder: Path
    tokens: list[str]


@dataclass
class Seen:
    """What readers saw: for each answer when it was asked for, how long it took, and whether it was a story."""

    flip: Flip
    answers: list[tuple[float, float, bool]] = field(default_factory=list)
    errors: int = 0
    pointed_at: float | None = None  # when the folder was seen to lead to the edition

    def before(self) -> str:
        """The countdown."""
        early = [each for each in self.answers if each[0] + each[1] < self.flip.at]
        stories = sum(is_story for _, _, is_story in early)
        return f"before the instant: {len(early):,} requests got the countdown, {stories} a story"

    def instant(self) -> str:
        """How late the first story came, and the last countdown."""
        first = min((asked + took for asked, took, is_story in self.answers if is_story), default=None)
        late = [asked for asked, _, is_story in self.answers if not is_story and asked > self.flip.at]
        server = "no story came" if first is None else f"the first story arrived {(first - self.flip.at) * 1e3:,.0f} ms after it"
        folder = "was not flipped" if self.pointed_at is None else f"was flipped {(self.pointed_at - self.flip.at) * 1e3:,.0f} ms after it"
        return f"the instant: {server}, {len(late)} requests of later got the countdown; the folder {folder}"

    def after(self, seconds: float) -> str:
        """The load after the instant."""
        took = sorted(took for asked, took, _ in self.answers if asked > self.flip.at)
        late = took[int(len(took) * 0.99)] * 1e3 if took else 0.0
        return f"after it: {len(took) / seconds:,.0f} requests a second, 99 % within {late:.0f} ms, {self.errors} failed"


async def watch(flip: Flip, readers: int, seconds: float) -> Seen:
    """Asks for random pages, and looks at the folder."""
    seen, until, chance = Seen(flip), time.time() + seconds, random.Random(1)
    live = flip.folder / str(flip.year) / "live"

    async def reader() -> None:
        source, sink = await asyncio.open_connection("127.0.0.1", flip.port)
        while time.time() < until:
            asked = time.time()
            sink.write(f"GET /{flip.year}/{chance.choice(flip.tokens)} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: br\r\n\r\n".encode())
            head = await source.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n", 1)[0])
            await source.readexactly(length)
            seen.answers.append((asked, time.time() - asked, b"\r\netag: " in head.lower()))
            seen.errors += head.split(b" ", 2)[1] != b"200"
        sink.close()

    async def folder() -> None:
        while time.time() < until and seen.pointed_at is None:
            if live.is_symlink():
                seen.pointed_at = time.time()
            await asyncio.sleep(_LOOKS_EVERY)

    await asyncio.gather(folder(), *(reader() for _ in range(readers)))
    return seen
