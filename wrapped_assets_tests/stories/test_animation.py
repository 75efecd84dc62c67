"""The year as an animated picture is a whole APNG of fifteen seconds, of the cards that may be shared and of no others."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from wrapped_assets.storage.root import Root
from wrapped_assets.stories.animation import MILLISECONDS, SIZE, animated, animated_picture
from wrapped_assets.stories.page import story_html
from wrapped_assets.stories.png import SIGNATURE
from wrapped_assets_tests.browser import needs_a_browser
from wrapped_assets_tests.commands.running import run
from wrapped_assets_tests.stories.fictional import empty, fictional


def chunk(kind: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4) + kind + content + zlib.crc32(kind + content).to_bytes(4)


def png(grey: int, width: int = 3, height: int = 2, parts: int = 1) -> bytes:
    """A grey picture, its pixels in one chunk or several."""
    pixels = zlib.compress((b"\0" + bytes([grey]) * width) * height)
    cut = [pixels[len(pixels) * n // parts : len(pixels) * (n + 1) // parts] for n in range(parts)]
    head = width.to_bytes(4) + height.to_bytes(4) + bytes((8, 0, 0, 0, 0))
    return SIGNATURE + chunk(b"IHDR", head) + b"".join(chunk(b"IDAT", each) for each in cut) + chunk(b"IEND", b"")


def chunks_of(picture: bytes) -> list[tuple[bytes, bytes]]:
    """Each chunk's kind and content, once its check sum is right."""
    assert picture.startswith(SIGNATURE)
    found, at = [], len(SIGNATURE)
    while at < len(picture):
        length, kind = int.from_bytes(picture[at : at + 4]), picture[at + 4 : at + 8]
        content = picture[at + 8 : at + 8 + length]
        assert picture[at + 8 + length : at + 12 + length] == zlib.crc32(kind + content).to_bytes(4)
        found.append((kind, content))
        at += 12 + length
    return found


def frames_of(picture: bytes) -> list[tuple[bytes, int]]:
    """The pixels and the milliseconds of each frame; its numbers follow one another from 0."""
    found = chunks_of(picture)
    numbered = [int.from_bytes(content[:4]) for kind, content in found if kind in (b"fcTL", b"fdAT")]
    assert numbered == list(range(len(numbered)))
    frames: list[tuple[bytes, int]] = []
    for kind, content in found:
        if kind == b"fcTL":
            frames.append((b"", int.from_bytes(content[20:22]) * 1000 // int.from_bytes(content[22:24])))
        elif kind in (b"IDAT", b"fdAT"):
            frames[-1] = (frames[-1][0] + (content if kind == b"IDAT" else content[4:]), frames[-1][1])
    assert int.from_bytes(dict(found)[b"acTL"][:4]) == len(frames)
    return [(zlib.decompress(pixels), milliseconds) for pixels, milliseconds in frames]


@pytest.mark.parametrize("parts", [1, 3])
def test_frames_keep_their_pixels_and_their_time(parts: int) -> None:
    given = [(png(grey, parts=parts), 40 * grey) for grey in (1, 2, 3)]
    told = frames_of(animated(given))
    assert told == [((b"\0" + bytes([grey]) * 3) * 2, 40 * grey) for grey in (1, 2, 3)]


def test_frames_of_another_size_are_refused() -> None:
    with pytest.raises(ValueError, match="one size"):
        animated([(png(1), 10), (png(1, width=4), 10)])


@pytest.mark.slow
@pytest.mark.browser
@needs_a_browser
def test_a_year_lasts_fifteen_seconds_and_is_the_same_each_time() -> None:
    page = story_html(fictional())
    picture = animated_picture(page)
    assert picture == animated_picture(page)
    assert tuple(int.from_bytes(chunks_of(picture)[0][1][at : at + 4]) for at in (0, 4)) == SIZE
    frames = frames_of(picture)
    assert len({pixels for pixels, _ in frames}) > 20
    assert MILLISECONDS - 100 < sum(milliseconds for _, milliseconds in frames) <= MILLISECONDS


@pytest.mark.browser
@needs_a_browser
def test_a_silent_year_is_one_picture() -> None:
    assert [milliseconds for _, milliseconds in frames_of(animated_picture(story_html(empty())))] == [MILLISECONDS]


def test_a_group_has_none(small: Root, tmp_path: Path) -> None:
    run(small.path, "group", "set", "home", "--listener", "ana", "--listener", "bo")
    for name in ("ana", "bo"):
        run(small.path, "consent", "set", name, "group", "given")
    run(small.path, "build")
    story = ("story", "--group", "home", "--year", 2025, "--format", "apng", "--out", tmp_path / "year.png")
    assert "no share card" in run(small.path, *story, code=2).stderr
