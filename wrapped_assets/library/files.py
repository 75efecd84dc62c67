"""The audio files below a folder: each once, in one order, whatever links, pipes and bad folders lie between them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

# What tags are read of, and what players play although no tag of it is read here: its names alone are known.
TAGGED = frozenset({
    ".mp1", ".mp2", ".mp3", ".ogg", ".oga", ".opus", ".spx", ".wav", ".flac", ".wma", ".m4a", ".m4b", ".mp4", ".aiff", ".aif", ".aifc",
})  # fmt: skip
NAMED_ONLY = frozenset({".aac", ".ac3", ".ape", ".dff", ".dsf", ".mka", ".mpc", ".tta", ".wv"})


@dataclass
class Looked:
    """What a search came across: `audio` files, and how many files and folders `unreadable` were."""

    audio: int = 0
    unreadable: int = 0


def audio_files(library: Path, looked: Looked) -> Iterator[Path]:
    """The audio files, each folder's before those of the folders in it, in the order of their names' bytes.

    Links are followed, after everything that is no link; a folder that was seen is not entered again. Names that begin with a dot,
    empty files, and what is no file, such as a pipe, are passed over; what cannot be read is counted.
    """
    waiting, linked, seen = [library], [], set[tuple[int, int]]()
    while waiting or linked:
        folder = waiting.pop() if waiting else linked.pop(0)
        try:
            found = folder.stat()
            if (found.st_dev, found.st_ino) in seen:
                continue
            seen.add((found.st_dev, found.st_ino))
            with os.scandir(folder) as listed:
                entries = sorted((entry for entry in listed if not entry.name.startswith(".")), key=lambda entry: os.fsencode(entry.name))
        except OSError:
            looked.unreadable += 1
            continue
        below = []
        for entry in entries:
            try:
                found = entry.stat()
            except OSError:  # a link that leads nowhere, or in a circle
                looked.unreadable += 1
                continue
            if stat.S_ISDIR(found.st_mode):
                below.append(entry)
            elif stat.S_ISREG(found.st_mode) and found.st_size and PurePath(entry.name).suffix.lower() in TAGGED | NAMED_ONLY:
                looked.audio += 1
                yield Path(entry.path)
        waiting += [Path(entry.path) for entry in reversed(below) if not entry.is_symlink()]
        linked += [Path(entry.path) for entry in below if entry.is_symlink()]
