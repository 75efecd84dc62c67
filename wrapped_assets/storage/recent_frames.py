"""Keeps rows that this build recorded, so that its later units need not read them back."""

from __future__ import annotations

import polars as pl

from wrapped_assets.storage.files import ROW_GROUP_ROWS

KEPT_BYTES = 64 << 20


class RecentFrames:
    """Frames by the path of their file, up to `KEPT_BYTES`; the oldest goes first.

    A path names a content: whoever asks for the path that the manifest names gets the rows whose hash made that name.
    """

    def __init__(self, most_bytes: int = KEPT_BYTES) -> None:
        self._most_bytes, self._bytes = most_bytes, 0
        self._frames: dict[str, pl.DataFrame] = {}

    def keep(self, path: str, frame: pl.DataFrame) -> None:
        """Takes the rows of a file that was written and recorded, in one piece, as they would be read; not of a file of several pieces."""
        if frame.height > ROW_GROUP_ROWS:
            return
        self._drop(path)
        self._frames[path] = frame = frame.rechunk()
        self._bytes += int(frame.estimated_size())
        while self._bytes > self._most_bytes:
            self._drop(next(iter(self._frames)))

    def get(self, path: str) -> pl.DataFrame | None:
        return self._frames.get(path)

    def _drop(self, path: str) -> None:
        if (frame := self._frames.pop(path, None)) is not None:
            self._bytes -= int(frame.estimated_size())
