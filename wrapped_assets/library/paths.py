"""How a playlist names the files of a library, so that its player finds them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

PATHS = ("absolute", "playlist", "library")


def writer(library: Path, out: Path | None, paths: str | None = None) -> Callable[[Path], str]:
    """Writes the path of a file below `library`: from the root, from the playlist's folder, or from the library.

    Where `paths` is None, a playlist that lies in the library names files from its own folder, so that both can be moved or shared
    with a server together; any other names them from the root. Folders are compared as they are once links are followed; links inside
    the library stay as they are.
    """
    real, given = library.resolve(), library.absolute()
    given = real if ".." in given.parts else given
    folder = out.parent.resolve() if out else real
    kind = paths or ("playlist" if out and folder.is_relative_to(real) else "absolute")

    def said(path: Path) -> str:
        below = path.relative_to(library)
        if kind == "absolute":
            return str(given / below)
        return os.path.relpath(real / below, real if kind == "library" else folder)

    return said
