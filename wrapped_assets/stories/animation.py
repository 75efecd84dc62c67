"""A silent animated picture of the year, fifteen seconds long: an APNG of the story's cards, drawn by the page's own script.

An APNG is the PNGs that Chromium draws in one file (PNG specification, third edition), so there is nothing to encode with.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64decode
from collections.abc import Iterator, Sequence

from wrapped_assets.stories.pictures import drawn_by
from wrapped_assets.stories.png import SIGNATURE, without_metadata
from wrapped_assets.stories.scripts import ANIMATION

SIZE = (540, 960)
MILLISECONDS = 15_000
_STEPS, _STEP = 3, 70  # frames in which a card pushes the one before aside, and how long each is, in ms


def animated_picture(page: str, browser: str | None = None) -> bytes:
    """The picture of a page's cards, without those behind "More" and those that are not shared. Errors as of `pictures_of`."""
    given = {"SIZE": SIZE, "MILLISECONDS": MILLISECONDS, "STEPS": _STEPS, "STEP": _STEP}
    frames = json.loads(drawn_by(page, ANIMATION, given, browser))
    return animated([(without_metadata(b64decode(url.partition(",")[2])), milliseconds) for url, milliseconds in frames])


def animated(frames: Sequence[tuple[bytes, int]]) -> bytes:
    """PNGs of one size and kind as an APNG that runs for ever; each with its milliseconds. ValueError where they differ in size or kind."""
    chunks = [list(_chunks(picture)) for picture, _ in frames]
    heads = {content for found in chunks for kind, content in found if kind == b"IHDR"}
    if len(heads) != 1:
        raise ValueError("expected frames of one size and kind")
    (head,) = heads
    parts = [_chunk(b"IHDR", head), _chunk(b"acTL", len(frames).to_bytes(4) + bytes(4))]
    sequence = 0
    for place, (found, (_, milliseconds)) in enumerate(zip(chunks, frames, strict=True)):
        # Its number, width and height, no offset, the delay as a fraction of a second; it replaces what was there.
        control = sequence.to_bytes(4) + head[:8] + bytes(8) + milliseconds.to_bytes(2) + (1000).to_bytes(2) + bytes(2)
        parts.append(_chunk(b"fcTL", control))
        sequence += 1
        for content in (content for kind, content in found if kind == b"IDAT"):
            parts.append(_chunk(b"fdAT", sequence.to_bytes(4) + content) if place else _chunk(b"IDAT", content))
            sequence += bool(place)
    return SIGNATURE + b"".join(parts) + _chunk(b"IEND", b"")


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at < len(picture):
        length = int.from_bytes(picture[at : at + 4])
        yield picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]
        at += 12 + length


def _chunk(kind: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4) + kind + content + zlib.crc32(kind + content).to_bytes(4)
