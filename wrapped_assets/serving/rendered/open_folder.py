"""A folder of pages that a web server reads: it can open each file whose name it knows, and list nothing."""

from __future__ import annotations

import os
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

from wrapped_assets.storage.whole_files import PART, link_whole

_LEFTOVER = "#"  # of a file that an upload was writing when it was killed: its name goes on with this


class OpenFolder:
    """What a folder needs besides the bytes of its files. `within` and `key` are paths below it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._passable: set[str] = set()  # folders that a web server can pass, as far as they were looked at

    def name_again(self, earlier: str, key: str, content: bytes) -> bool:
        """Gives a file one more name, if it has this content; False where it has not, or the disk knows no links."""
        try:
            if (self.path / earlier).read_bytes() != content:
                return False
            link_whole(self.path / earlier, self.path / key)
        except OSError:
            return False
        self.to_readers(key)
        return True

    def tidy(self, within: str) -> None:
        """Removes what a killed upload left half-written. Nobody may be uploading meanwhile."""
        for folder, _, names in os.walk(self.path / within):
            for name in names:
                if _LEFTOVER in name or (name.startswith(".") and name.endswith(PART)):
                    Path(folder, name).unlink(missing_ok=True)

    def unlink(self, keys: list[str]) -> None:
        """Removes files, what was left half-written of them, and the folders that this leaves empty: their names are addresses."""
        gone: dict[str, set[str]] = defaultdict(set)
        for key in keys:
            within, _, name = key.rpartition("/")
            gone[within].add(name)
        for within, names in sorted(gone.items(), reverse=True):  # inner folders first
            with suppress(FileNotFoundError):
                for path in (self.path / within).iterdir():
                    if path.name.partition(_LEFTOVER)[0] in names:
                        path.unlink(missing_ok=True)
            self._remove_empty(within)

    def _remove_empty(self, within: str) -> None:
        """Removes a folder of the target if it is empty, and the folders around it that this leaves empty."""
        with suppress(OSError):  # not empty
            while within:
                (self.path / within).rmdir()
                self._passable.discard(within)
                within = within.rpartition("/")[0]

    def to_readers(self, key: str) -> None:
        """Lets a web server read a file that it knows the name of, and list no folder: names of pages are secret."""
        (self.path / key).chmod(0o644)
        within = key.rpartition("/")[0]
        while within not in self._passable:
            # the folder itself is perhaps somebody else's: no page's name is in it
            (self.path / within).chmod(0o711 if within else self.path.stat().st_mode | 0o111)
            self._passable.add(within)
            within = within.rpartition("/")[0]
