"""The files in a tar, as Google's and Apple's exports come in when they are asked for as .tgz."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from functools import partial

from wrapped_assets.sources.streams import Opener, Report, sliced
from wrapped_assets.sources.zip_members import MOST_MEMBERS, Entry

MARK_AT, MARK = 257, b"ustar"


def is_tar(start: bytes) -> bool:
    """Whether a file's first bytes are a tar's first header."""
    return start[MARK_AT : MARK_AT + len(MARK)] == MARK


def members(opener: Opener, report: Report) -> Iterator[Entry]:
    """The files in the order of their names; `opener` gives streams that can seek. Links are not followed."""
    file = opener()
    found: list[Entry] = []
    try:
        with tarfile.open(fileobj=file, mode="r:") as archive:
            for info in archive:
                if info.isreg() and len(found) < MOST_MEMBERS:
                    found.append(Entry(info.name, partial(sliced, file, info.offset_data, info.size)))
    except (tarfile.TarError, ValueError, OverflowError):
        report("is a tar that is damaged or incomplete: the members before the damage are used", 0)
    yield from sorted(found, key=lambda entry: entry.name)
