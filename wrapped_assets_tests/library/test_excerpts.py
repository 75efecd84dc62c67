"""Excerpts are whole frames and samples of a file, a few seconds long, and never more than was asked; what is no song has none."""

from __future__ import annotations

import io
import wave
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wrapped_assets.library.excerpts import LARGEST_EXCERPT, SECONDS, excerpt

FRAME = bytes.fromhex("fffb9064") + bytes(413)  # MPEG 1, layer III, 128 kbit/s, 44,100 Hz: 417 bytes, 26 ms
FRAME_SECONDS = 1152 / 44_100


def mp3(path: Path, frames: int, tag: bytes = b"", end: bytes = b"") -> Path:
    path.write_bytes(tag + FRAME * frames + end)
    return path


def wav(path: Path, seconds: float, rate: int = 44_100, channels: int = 2) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(bytes(Random(1).randbytes(int(seconds * rate) * 2 * channels)))
    return path


def test_an_mp3_is_cut_into_whole_frames_behind_its_beginning(tmp_path: Path) -> None:
    tag = b"ID3\x04\x00\x00" + bytes((0, 0, 1, 10)) + b"\xff\xfb" * 69  # what looks like frames in a tag is none
    for found in (excerpt(mp3(tmp_path / "song.mp3", 7_000)), excerpt(mp3(tmp_path / "b.MP3", 7_000, tag, b"TAG" + bytes(125)))):
        assert found is not None
        assert found.media_type == "audio/mpeg"
        assert len(found.content) % len(FRAME) == 0
        assert len(found.content) // len(FRAME) * FRAME_SECONDS == pytest.approx(SECONDS, abs=2 * FRAME_SECONDS)
        assert found.content.startswith(FRAME)


def test_a_short_file_is_played_whole(tmp_path: Path) -> None:
    found = excerpt(mp3(tmp_path / "short.mp3", 60))
    assert found is not None
    assert found.content == FRAME * 60


@pytest.mark.parametrize(("rate", "channels"), [(44_100, 2), (48_000, 1), (96_000, 2), (8_000, 1)])
def test_a_wav_is_cut_into_one_channel_of_about_the_same_length(tmp_path: Path, rate: int, channels: int) -> None:
    found = excerpt(wav(tmp_path / "song.wav", 40, rate, channels))
    assert found is not None
    assert len(found.content) <= LARGEST_EXCERPT
    with wave.open(io.BytesIO(found.content), "rb") as file:
        assert file.getnchannels() == 1
        assert file.getnframes() / file.getframerate() == pytest.approx(SECONDS, rel=0.01)


def test_what_is_no_song_has_no_excerpt(tmp_path: Path) -> None:
    for name, content in (("a.mp3", b""), ("b.mp3", b"ID3"), ("c.mp3", FRAME * 10), ("d.wav", b"RIFF0000WAVE"), ("e.flac", FRAME * 900)):
        (tmp_path / name).write_bytes(content)
        assert excerpt(tmp_path / name) is None, name
    assert excerpt(tmp_path / "missing.mp3") is None


@settings(max_examples=60)
@given(st.binary(max_size=3_000), st.sampled_from((".mp3", ".wav")))
def test_no_bytes_make_it_fail(tmp_path_factory: pytest.TempPathFactory, content: bytes, suffix: str) -> None:
    path = tmp_path_factory.mktemp("any") / f"song{suffix}"
    path.write_bytes(content)
    excerpt(path)
    path.write_bytes(FRAME * 60 + content)
    excerpt(path)
