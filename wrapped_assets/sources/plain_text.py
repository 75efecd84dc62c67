"""Gives every text as UTF-8 without a mark. What is not UTF-8 is decoded where its encoding can be told, and otherwise left as it is.

Readers refuse a row that is not UTF-8: a name is never replaced by other characters.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from wrapped_assets.sources.encodings import SAMPLE_BYTES, encoding_of
from wrapped_assets.sources.streams import CHUNK_BYTES, Opener, Report, buffered

LONGEST_LINE = 2**16
START_BYTES = 16_384
SAMPLED_PAIRS, LEAST_ZEROS = 80, 0.7  # a header is ASCII, also where the names behind it are not
CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class _Transcoded(io.RawIOBase):
    """A text in another encoding as UTF-8; what is no character stays invalid."""

    def __init__(self, inner: BinaryIO, encoding: str) -> None:
        errors = "surrogatepass" if encoding.startswith("utf") else "surrogateescape"
        self._inner, self._decoder, self._ready = inner, codecs.getincrementaldecoder(encoding)(errors), b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        while not self._ready:
            data = self._inner.read(CHUNK_BYTES)
            try:
                text = self._decoder.decode(data, final=not data)
            except UnicodeDecodeError:  # half a character at the end of a cut file
                text = ""
            self._ready = text.encode("utf-8", "surrogatepass")
            if not data and not self._ready:
                return 0
        size = min(len(buffer), len(self._ready))
        buffer[:size], self._ready = self._ready[:size], self._ready[size:]
        return size

    def close(self) -> None:
        self._inner.close()
        super().close()


class _NewLines(io.RawIOBase):
    """A text whose lines end with a carriage return alone, as old programs for the Mac write them, with line feeds."""

    def __init__(self, inner: BinaryIO) -> None:
        self._inner = inner

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        data = self._inner.read(min(len(buffer), CHUNK_BYTES)).replace(b"\r", b"\n")
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._inner.close()
        super().close()


class _Judged(io.RawIOBase):
    """A text as it is, up to the first characters that are neither ASCII nor UTF-8: then the whole file's encoding is looked for."""

    def __init__(self, inner: BinaryIO, opener: Opener, report: Report) -> None:
        self._inner, self._opener, self._report = inner, opener, report
        self._utf8 = codecs.getincrementaldecoder("utf-8")()
        self._decoder: codecs.IncrementalDecoder | None = None
        self._ready, self._is_judged = b"", False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        while not self._ready:
            data = self._inner.read(CHUNK_BYTES)
            if data and data[-1] > 0x7F:  # perhaps half a character
                data += self._inner.readline(LONGEST_LINE)
            self._ready = self._as_utf8(data)
            if not data and not self._ready:
                return 0
        size = min(len(buffer), len(self._ready))
        buffer[:size], self._ready = self._ready[:size], self._ready[size:]
        return size

    def _as_utf8(self, data: bytes) -> bytes:
        if not self._is_judged and not data.isascii():
            try:
                self._utf8.decode(data)
            except UnicodeDecodeError:
                self._is_judged = True
                if encoding := _encoding(self._opener):
                    self._report(f"is not UTF-8: read as {encoding}; look whether names are spelled right")
                    self._decoder = codecs.getincrementaldecoder(encoding)("surrogateescape")
        if self._decoder:
            return self._decoder.decode(data, final=not data).encode("utf-8", "surrogateescape")
        return data

    def close(self) -> None:
        self._inner.close()
        super().close()


def plain_utf8(opener: Opener, report: Report) -> BinaryIO:
    """The stream as UTF-8 without a byte order mark: some editors add one, PowerShell saves as UTF-16, Excel in the machine's encoding."""
    with opener() as stream:
        start = stream.read(START_BYTES)
    if encoding := _unicode_of(start):
        text = _Transcoded(opener(), encoding)
        start = start.decode(encoding, "replace").encode()
    else:
        inner = opener()
        if start.startswith(codecs.BOM_UTF8):
            inner.read(len(codecs.BOM_UTF8))
        text = _Judged(inner, opener, report)
    is_old = b"\r" in start and b"\n" not in start and (len(start) < START_BYTES or start.count(b"\r") > 1)
    return buffered(_NewLines(buffered(text)) if is_old else text)


def _unicode_of(start: bytes) -> str | None:
    """The encoding of a text in UTF-16 or UTF-32, by its mark or by the zeros between ASCII letters; None for another text."""
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = start[:SAMPLED_PAIRS]
    even, odd = sample[::2], sample[1::2]
    if len(sample) < 8 or max(even.count(0), odd.count(0)) < len(odd) * LEAST_ZEROS:
        return None
    if not odd.count(0):
        return "utf-16-be"
    return "utf-16-le" if not even.count(0) else None


def _encoding(opener: Opener) -> str | None:
    """The encoding of a file that is not UTF-8; None where it cannot be told, and for UTF-8 with some broken bytes."""
    sample: list[bytes] = []
    size = right = wrong = 0
    for line in _lines_not_ascii(opener):
        decoded = line.decode("utf-8", "surrogateescape")
        bad = sum("\udc80" <= char <= "\udcff" for char in decoded)
        wrong += bad
        right += sum(char > "\x7f" for char in decoded) - bad
        if bad and size < SAMPLE_BYTES:
            sample.append(line.rstrip(b"\r\n"))
            size += len(line)
    is_damage = wrong <= max(right, 1) or any(CONTROL.search(line) for line in sample)
    return None if is_damage else encoding_of(sample)


def _lines_not_ascii(opener: Opener) -> Iterator[bytes]:
    with opener() as stream:
        for line in iter(partial(stream.readline, LONGEST_LINE), b""):
            if not line.isascii():
                yield line
