"""Packs pages as web servers send them."""

from __future__ import annotations

import zlib

import brotli

_BROTLI, _GZIP = 5, 5  # levels: a page is packed once and sent a few times; higher ones cost more than all the rest of a page


def packed(content: bytes, packing: str) -> bytes:
    """The content as `br` or `gz`; the same content gives the same bytes."""
    if packing == "br":
        return brotli.compress(content, mode=brotli.MODE_TEXT, quality=_BROTLI)
    packer = zlib.compressobj(_GZIP, zlib.DEFLATED, 31)  # with gzip's header, without a time
    return packer.compress(content) + packer.flush()


def unpacked(content: bytes, packing: str) -> bytes:
    """What was packed."""
    return brotli.decompress(content) if packing == "br" else zlib.decompress(content, 47)
