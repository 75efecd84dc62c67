"""A PNG without anything but its picture: no texts, no times, no place, nothing after its end."""

from __future__ import annotations

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Header, palette, transparency, colours, pixels, end. All else may name who made it, when, or where.
KEPT = frozenset({b"IHDR", b"PLTE", b"tRNS", b"sRGB", b"gAMA", b"cHRM", b"sBIT", b"pHYs", b"IDAT", b"IEND"})


def without_metadata(picture: bytes) -> bytes:
    """The picture with the chunks that draw it, byte for byte. ValueError where it is no PNG or not whole."""
    if not picture.startswith(SIGNATURE):
        raise ValueError("the picture is no PNG")
    kept, at = [SIGNATURE], len(SIGNATURE)
    while True:
        end = at + 12 + int.from_bytes(picture[at : at + 4], "big")
        kind = picture[at + 4 : at + 8]
        if len(kind) < 4 or end > len(picture):
            raise ValueError("the picture is not whole")
        if kind in KEPT:
            kept.append(picture[at:end])
        if kind == b"IEND":
            return b"".join(kept)
        at = end
