"""Undoes deflate, of gz files and of members of a zip, within limits and up to the very byte of a damage."""

from __future__ import annotations

import io
import zlib
from typing import BinaryIO

from wrapped_assets.sources.streams import CHUNK_BYTES, ChecksumError, Opener, TooLargeError, buffered

LARGEST_GUNZIPPED = 16 * 2**30  # a service's event log may be large; a bomb is larger
GZIP_WINDOW, BARE_WINDOW = 31, -15  # zlib's numbers for a gz stream and for a zip's bare one
GZIP_START = b"\x1f\x8b\x08"


class Inflated(io.RawIOBase):
    """What a deflated stream holds; raises EOFError where it ends too early and TooLargeError behind `limit` bytes.

    `gzip` and `zipfile` would do, but they drop what they have unpacked of the piece in which the damage lies, and stop for good.
    Behind a damage the stream `goes_on` where another gz stream follows; within one stream nothing behind a damage can be unpacked.
    """

    def __init__(self, packed: BinaryIO, window_bits: int, limit: int) -> None:
        self._packed, self._window_bits, self._left = packed, window_bits, limit
        self._inflater = zlib.decompressobj(window_bits)
        self._ahead = b""  # packed bytes that were taken and not used
        self._error: Exception | None = None
        self._unread, self.goes_on = 0, False

    def readable(self) -> bool:
        return True

    def unread(self) -> int:
        """The packed bytes that the last damage cost."""
        return self._unread

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        data = b""
        while not data:
            if self._error:
                error, self._error = self._error, None
                self._resume()
                raise error
            if self._inflater.eof and not self._has_next_stream():
                return 0
            piece = self._take()
            if not piece:
                self._unread, self.goes_on = 0, False
                raise EOFError
            data = self._inflate(piece, min(len(buffer), CHUNK_BYTES))
        self._left -= len(data)
        if self._left < 0:
            self.goes_on = False
            raise TooLargeError
        buffer[: len(data)] = data
        return len(data)

    def _take(self) -> bytes:
        piece, self._ahead = self._ahead or self._packed.read(CHUNK_BYTES), b""
        return piece

    def _inflate(self, piece: bytes, size: int) -> bytes:
        before = self._inflater.copy()
        try:
            data = self._inflater.decompress(piece, size)
        except zlib.error:
            return self._up_to_the_damage(before, piece)
        self._ahead = self._inflater.unused_data if self._inflater.eof else self._inflater.unconsumed_tail
        return data

    def _up_to_the_damage(self, inflater: zlib._Decompress, piece: bytes) -> bytes:
        data = b""
        for place in range(len(piece)):
            try:
                data += inflater.decompress(piece[place : place + 1])
            except zlib.error as error:
                self._error, self._ahead = ChecksumError() if "check" in str(error) else error, piece[place:]
                break
        return data

    def _resume(self) -> None:
        """Goes to the next gz stream, or to the end, and counts what lies before it."""
        self._unread, self.goes_on = 0, False
        ahead = self._take()
        while ahead:
            found = ahead.find(GZIP_START, 1) if self._window_bits == GZIP_WINDOW else -1
            if found > 0:
                self._unread += found
                self._ahead, self._inflater, self.goes_on = ahead[found:], zlib.decompressobj(self._window_bits), True
                return
            kept = ahead[-2:] if self._window_bits == GZIP_WINDOW else b""
            self._unread += len(ahead) - len(kept)
            more = self._packed.read(CHUNK_BYTES)
            ahead = kept + more if more else b""
            self._unread += 0 if more else len(kept)

    def _has_next_stream(self) -> bool:
        """Whether another gz stream follows, as `cat a.gz b.gz` makes it; then that is read on."""
        if self._window_bits < 0:
            return False
        self._ahead = self._take()
        if not self._ahead.startswith(GZIP_START[:2]):
            return False
        self._inflater = zlib.decompressobj(self._window_bits)
        return True

    def close(self) -> None:
        self._packed.close()
        super().close()


def gunzipped(opener: Opener) -> BinaryIO:
    """The content of a gz file, up to a limit."""
    return buffered(Inflated(opener(), GZIP_WINDOW, LARGEST_GUNZIPPED))
