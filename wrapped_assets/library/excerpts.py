"""A few seconds of an audio file, cut without decoding it: whole frames of an MP3, whole samples of a WAV."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SECONDS = 12.0
LARGEST_FILE, LARGEST_EXCERPT = 64 << 20, 900_000  # bytes; what is larger is no song, or no excerpt for a page
_FROM = 0.3  # of the song: behind its beginning
_FEWEST_FRAMES = 50  # fewer are chance, not music
_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}  # MPEG 1, 2 and 2.5, in Hz
_KBITS = {  # by whether it is MPEG 1
    True: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}


@dataclass(frozen=True)
class Excerpt:
    """The bytes of an excerpt and their media type."""

    media_type: str
    content: bytes


def excerpt(path: Path) -> Excerpt | None:
    """About twelve seconds from a third of the file on; None for another format, and for a file that is not what its name says."""
    cut = {".mp3": _of_mp3, ".wav": _of_wav}.get(path.suffix.lower())
    try:
        found = cut(path) if cut and path.stat().st_size <= LARGEST_FILE else None
    except (OSError, EOFError, wave.Error):
        return None
    return found if found and len(found.content) <= LARGEST_EXCERPT else None


def _of_mp3(path: Path) -> Excerpt | None:
    content = path.read_bytes()
    frames = list(_frames(content))
    if len(frames) < _FEWEST_FRAMES:
        return None
    ends = [0.0]
    for _, _, seconds in frames:
        ends.append(ends[-1] + seconds)
    starts_at = min(ends[-1] * _FROM, max(0.0, ends[-1] - SECONDS))
    first = next(place for place, end in enumerate(ends[1:]) if end > starts_at)
    last = max(place for place, start in enumerate(ends[:-1]) if start < starts_at + SECONDS)
    return Excerpt("audio/mpeg", b"".join(content[start : start + length] for start, length, _ in frames[first : last + 1]))


def _frames(content: bytes) -> Iterator[tuple[int, int, float]]:
    """Start, length and seconds of each frame of layer III (ISO/IEC 11172-3, 13818-3), behind a tag; up to what is no frame."""
    at = 0
    if content[:3] == b"ID3" and len(content) > 10:
        at = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(content[6:10], (21, 14, 7, 0), strict=True))
    while at + 4 <= len(content):
        head = int.from_bytes(content[at : at + 4])
        version, layer, bits, rate = head >> 19 & 3, head >> 17 & 3, head >> 12 & 15, head >> 10 & 3
        if head >> 21 != 0x7FF or version == 1 or layer != 1 or bits in (0, 15) or rate == 3:
            return
        hertz, is_first = _RATES[version][rate], version == 3
        length = (144 if is_first else 72) * _KBITS[is_first][bits - 1] * 1000 // hertz + (head >> 9 & 1)
        if at + length > len(content):
            return
        yield at, length, (1152 if is_first else 576) / hertz
        at += length


def _of_wav(path: Path) -> Excerpt | None:
    """Every second or third sample of one channel where more would be too large: enough to know the song by."""
    with wave.open(str(path), "rb") as file:
        rate, width, channels, frames = file.getframerate(), file.getsampwidth(), file.getnchannels(), file.getnframes()
        if not frames or not rate:
            return None
        file.setpos(int(min(frames * _FROM, max(0, frames - SECONDS * rate))))
        samples = file.readframes(int(SECONDS * rate))
    size, step = width * channels, max(1, round(rate / 22_050))
    single = b"".join(samples[at : at + width] for at in range(0, len(samples) - size + 1, size * step))
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(width)
        file.setframerate(rate // step)
        file.writeframes(single)
    return Excerpt("audio/wav", written.getvalue())
