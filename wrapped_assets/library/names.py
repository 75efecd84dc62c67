"""What an audio file may be called: by its tags, or by the names of the file and its folders where it has none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wrapped_assets.kernels.one_line import one_line
from wrapped_assets.library.files import TAGGED

_NUMBER = re.compile(r"(?:\d{1,2}[-.])?\d{1,3}(?:\s*[-.)_]\s*|\s+)(?=\S)")  # "01 ", "1-07. ", "03_"
_FOLDERS = 3  # above a file: artist, album, part of the album
_MBID, _ISRC = ("musicbrainztrackid", "musicbrainzrecordingid"), ("isrc",)


@dataclass(frozen=True)
class Named:
    """One reading of a file's title and artist. `artist_names` is empty where only the credit is known."""

    title: str
    artist: str
    artist_names: tuple[str, ...] = ()
    mbid: str | None = None
    isrc: str | None = None


@dataclass(frozen=True)
class Quality:
    """How well a file sounds; smaller is better. Files without a known rate come last."""

    is_lossy: bool
    rate: float  # the negative of bits a second: of the samples where nothing was lost, of the file otherwise


class UnreadableError(Exception):
    """A file that cannot be read, or is not what its name says; it does not say which one."""


def names_of(path: Path, library: Path) -> Iterator[Named]:
    """Every reading of the file. UnreadableError where it cannot be read."""
    title, artist, artists, mbid, isrc = _tags(path) if path.suffix.lower() in TAGGED else ("", "", (), None, None)
    if title and artist:
        yield Named(title, artist, (), mbid, isrc)
        if len(artists) > 1:  # either each artist, or the credit as displayed and then each artist
            yield Named(title, artist, artists[1:] if all(name in artist for name in artists) else artists, mbid, isrc)
        return
    for guessed_title, guessed_artist in dict.fromkeys(_guesses(path, library)):
        if (title or guessed_title) and (artist or guessed_artist):
            yield Named(title or guessed_title, artist or guessed_artist, (), mbid, isrc)


def quality_of(path: Path) -> Quality:
    """How well the file sounds. UnreadableError where there is no sound in it."""
    from tinytag import TinyTag, TinyTagException  # a command that finds no files needs none of it

    if path.suffix.lower() not in TAGGED:
        return Quality(is_lossy=True, rate=0.0)
    try:
        found = TinyTag.get(path, tags=False)
    except (TinyTagException, OSError):
        raise UnreadableError from None
    if not found.samplerate:
        raise UnreadableError
    if found.is_lossless:
        return Quality(is_lossy=False, rate=-float(found.samplerate * (found.bitdepth or 16)))
    return Quality(is_lossy=True, rate=-(found.bitrate or 0.0))


def _tags(path: Path) -> tuple[str, str, tuple[str, ...], str | None, str | None]:
    from tinytag import TinyTag, TinyTagException

    try:
        tag = TinyTag.get(path, duration=False)
    except (TinyTagException, OSError):
        raise UnreadableError from None
    other = {re.sub(r"[\s_]", "", key.lower()): values for key, values in tag.other.items()}
    credit = one_line(tag.artist or tag.albumartist)
    artists = tuple(dict.fromkeys(filter(None, (credit, *map(one_line, other.get("artist", ()))))))
    mbid, isrc = (next((one_line(other[key][0]) for key in keys if other.get(key)), None) for keys in (_MBID, _ISRC))
    return one_line(tag.title), credit, artists, mbid and mbid.lower(), isrc and isrc.upper().replace("-", "")


def _guesses(path: Path, library: Path) -> Iterator[tuple[str, str]]:
    """Pairs of title and artist that the names may mean: `Artist - Title`, `Artist/Album/01 Title` and what lies between."""
    stem = one_line(path.stem if " " in path.stem else path.stem.replace("_", " "))
    folders = [one_line(name) for name in path.relative_to(library).parts[:-1]][-_FOLDERS:]
    above = [part for name in folders for part in dict.fromkeys((name, name.split(" - ")[0]))]
    for title in _numbered(stem):
        first, *rest = title.split(" - ")
        if rest:
            yield " - ".join(rest), first
            yield from ((last, first) for last in _numbered(rest[-1]))
        yield from ((title, artist) for artist in above)


def _numbered(title: str) -> tuple[str, ...]:
    """The title as it stands, and without the number before it, which may be the track's."""
    return tuple(dict.fromkeys((title, _NUMBER.sub("", title, count=1) if _NUMBER.match(title) else title)))
