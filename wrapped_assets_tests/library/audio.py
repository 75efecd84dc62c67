"""Writes small audio files with tags: silent, playable WAV and FLAC, and the head of an Ogg Vorbis file."""

from __future__ import annotations

import struct
from pathlib import Path

_INFO = {"title": b"INAM", "artist": b"IART", "album": b"IPRD"}


def wav(path: Path, seconds: int = 1, **tags: str) -> Path:
    """Eight bits, 8 kHz, with the tags of RIFF."""
    samples = bytes([128]) * 8000 * seconds
    listed = b"".join(_INFO[name] + struct.pack("<I", len(text) + 1) + text + b"\0" * (1 + (len(text) + 1) % 2)
                      for name, value in tags.items() for text in [value.encode()])  # fmt: skip
    chunks = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8) + b"data" + struct.pack("<I", len(samples)) + samples
    chunks += b"LIST" + struct.pack("<I", len(listed) + 4) + b"INFO" + listed if listed else b""
    return _written(path, b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WAVE" + chunks)


def flac(path: Path, rate: int = 44_100, **tags: str | list[str]) -> Path:
    """A second of one channel of 16 bits, with Vorbis comments."""
    block, count = 4096, rate // 4096 + 1
    head = struct.pack(">HH", block, block) + bytes(6) + (rate << 44 | 15 << 36 | block * count).to_bytes(8, "big") + bytes(16)
    comments = _comments(tags)
    blocks = b"\x00" + len(head).to_bytes(3, "big") + head + b"\x84" + len(comments).to_bytes(3, "big") + comments
    frames = b""
    for number in range(count):
        frame = b"\xff\xf8\xc0\x08" + bytes([number])  # blocks of 4096; rate and depth as in the head; one channel
        frame += bytes([_remainder(frame, 8, 0x07)]) + b"\x00\x00\x00"  # a constant subframe: silence
        frames += frame + _remainder(frame, 16, 0x8005).to_bytes(2, "big")
    return _written(path, b"fLaC" + blocks + frames)


def ogg(path: Path, kilobits: int = 128, **tags: str | list[str]) -> Path:
    """The headers of a stream of 44.1 kHz."""
    first = b"\x01vorbis" + struct.pack("<IBIiiiBB", 0, 2, 44_100, 0, kilobits * 1000, 0, 0xB8, 1)
    second = b"\x03vorbis" + _comments(tags) + b"\x01"
    return _written(path, _page(first, 0, 2) + _page(second, 1, 0) + _page(b"\x00" * 100, 2, 4, position=44_100))


def _comments(tags: dict[str, str | list[str]]) -> bytes:
    fields = [f"{name}={text}".encode() for name, value in tags.items() for text in ([value] if isinstance(value, str) else value)]
    return struct.pack("<I", 0) + struct.pack("<I", len(fields)) + b"".join(struct.pack("<I", len(field)) + field for field in fields)


def _page(packet: bytes, number: int, kind: int, position: int = 0) -> bytes:
    lengths = bytes([255] * (len(packet) // 255) + [len(packet) % 255])
    return b"OggS\0" + struct.pack("<BqIIIB", kind, position, 1, number, 0, len(lengths)) + lengths + packet


def _remainder(data: bytes, bits: int, polynomial: int) -> int:
    found = 0
    for byte in data:
        found ^= byte << (bits - 8)
        for _ in range(8):
            found = (found << 1 ^ (polynomial if found >> (bits - 1) else 0)) & ((1 << bits) - 1)
    return found


def _written(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
