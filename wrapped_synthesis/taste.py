"""What people choose: a library of their own, favourites that rotate, and some exploring."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wrapped_synthesis import tables
from wrapped_synthesis.chance import Purpose, fields, mixed
from wrapped_synthesis.repertoire import GENRE_COUNT, Repertoire
from wrapped_synthesis.who import Who

NORMAL, ARTIST, ALBUM, REPEAT = 0, 1, 2, 3
_KINDS = (70, 19, 8, 3)
# A play's choice, of 65,536: exploring, this month's favourites, the shifting and then the lasting core of the library.
_EXPLORES, _FAVOURITE, _SHIFTED = 8_000, 26_000, 44_000
_EXPLORES_AT_HOME = 5_200  # the part of exploring that stays within a favourite genre


@dataclass(frozen=True)
class Menu:
    """Tables that all picks share."""

    artist_rank: np.ndarray
    within_artist: np.ndarray
    library_place: np.ndarray
    favourite: np.ndarray
    genre: np.ndarray
    kind: np.ndarray


def menu(music: Repertoire) -> Menu:
    """The tables for one repertoire."""
    return Menu(
        artist_rank=tables.zipf_mandelbrot(music.artists_per_genre),
        within_artist=tables.towards_start(2.0),
        library_place=tables.towards_start(1.7),
        favourite=tables.exponential(7.0, 0, 60),
        genre=tables.from_weights((58, 26, 16), np.int8),
        kind=tables.from_weights(_KINDS, np.int8),
    )


@dataclass(frozen=True)
class Libraries:
    """The recordings of some listeners, one after the other, most lasting favourite first."""

    recording: np.ndarray
    first: np.ndarray  # per listener
    size: np.ndarray  # per listener


def libraries(listens: np.ndarray, genres: np.ndarray, music: Repertoire, choices: Menu, seed: int, block: int) -> Libraries:
    """Libraries of the listeners of a block; one with n listens knows about n ** 0.85 / 2 recordings well."""
    size = np.array([min(60_000, max(3, int(count**0.85 / 2))) for count in listens.tolist()], dtype=np.int64)
    first = np.cumsum(size) - size
    owner = np.repeat(np.arange(len(size)), size)
    slot = np.arange(int(size.sum())) - first[owner]
    # Slots a third of the library apart share an artist, so that a favourite artist has hits and deep cuts.
    cluster = slot % (size[owner] // 3 + 1)
    drawn = mixed((owner.astype(np.uint64) << np.uint64(32)) | cluster.astype(np.uint64), seed * 8_191 + block)
    genre_rank = choices.genre[(drawn >> np.uint64(16) & np.uint64(0xFFFF)).astype(np.int64)]
    # What was added later leans to another genre: taste drifts as the library grows into it.
    drifts = (slot * 5 > size[owner] * 3) & (drawn >> np.uint64(40) & np.uint64(3) == 0)
    genre = genres[np.where(drifts, 3, genre_rank), owner]
    artist = genre * np.int64(music.artists_per_genre) + choices.artist_rank[(drawn & np.uint64(0xFFFF)).astype(np.int64)]
    return Libraries(_of_artist(artist, fields(seed, Purpose.SLOTS, block, 1, len(slot))[0], music, choices), first, size)


def _of_artist(artist: np.ndarray, drawn: np.ndarray, music: Repertoire, choices: Menu) -> np.ndarray:
    return music.first_recording[artist] + tables.scaled(choices.within_artist[drawn], music.recording_count[artist]).astype(np.int32)


@dataclass(frozen=True)
class Sessions:
    """Sessions in the order of listener and time; `person` is the listener's place in the block."""

    person: np.ndarray
    month: np.ndarray  # counted from the first month of the first year
    months: int
    first_play: np.ndarray
    length: np.ndarray
    kind: np.ndarray


def picks(
    at: Sessions, shelf: Libraries, who: Who, start: int, music: Repertoire, choices: Menu, seed: int, drawn: np.ndarray
) -> np.ndarray:
    """The recording of each play. `drawn` has four rows; `start` is the block's first listener."""
    size = shelf.size[at.person]
    # Half of the library is known from the start, the rest is discovered month by month.
    known = np.maximum(1, (size + size * (at.month + 1) // at.months) // 2)
    hashed = mixed(((at.person + start).astype(np.uint64) << np.uint64(16)) | at.month.astype(np.uint64), seed + 77)
    # In two months of three the favourites are new; in the third something old comes back.
    old = (hashed >> np.uint64(8)).astype(np.int64) & 0xFFFFFF
    base = np.where(hashed % np.uint64(3) > 0, known - 1 - old % (known // 8 + 1), old % known)
    shift = np.maximum(1, size // 50) * at.month
    known_, base_, shift_, first_ = (
        np.repeat(each.astype(np.int32), at.length) for each in (known, base % known, shift % known, shelf.first[at.person])
    )
    choice = drawn[0]
    favourite = base_ + choices.favourite[drawn[1]]
    core = tables.scaled(choices.library_place[drawn[1]], known_).astype(np.int32) + np.where(choice < _SHIFTED, shift_, 0)
    slot = np.where(choice < _FAVOURITE, favourite, core) % known_
    recording = shelf.recording[first_ + slot]
    explores = np.flatnonzero(choice < _EXPLORES)
    recording[explores] = _explored(
        np.repeat(at.person, at.length)[explores], choice[explores], drawn[2:, explores], who, start, music, choices
    )
    _themed(recording, at, drawn, music, choices)
    return recording


def _explored(
    person: np.ndarray, choice: np.ndarray, drawn: np.ndarray, who: Who, start: int, music: Repertoire, choices: Menu
) -> np.ndarray:
    """Somebody popular of a favourite genre, or of any."""
    at_home = who.genres[choice % 3, person + start]
    genre = np.where(choice < _EXPLORES_AT_HOME, at_home, choice // 3 % GENRE_COUNT)
    artist = genre * np.int64(music.artists_per_genre) + choices.artist_rank[drawn[0]]
    return _of_artist(artist, drawn[1], music, choices)


def _themed(recording: np.ndarray, at: Sessions, drawn: np.ndarray, music: Repertoire, choices: Menu) -> None:
    """Sessions with a theme follow their first play: its artist, its artist's recordings in order, or itself again."""
    kind = np.repeat(at.kind, at.length)
    for theme in (ARTIST, ALBUM, REPEAT):
        plays = np.flatnonzero(kind == theme)
        themed = np.flatnonzero(at.kind == theme)
        first = np.repeat(at.first_play[themed], at.length[themed])
        anchor = recording[first]
        artist = music.artist[anchor]
        if theme == ARTIST:
            recording[plays] = np.where(plays == first, anchor, _of_artist(artist, drawn[3, plays], music, choices))
        elif theme == ALBUM:
            begins = music.first_recording[artist]
            recording[plays] = begins + (anchor - begins + (plays - first)) % music.recording_count[artist]
        else:
            recording[plays] = np.where(drawn[3, plays] < 46_000, anchor, recording[plays])
