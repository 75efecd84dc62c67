"""Links in a data root that lead out of it: an operator may have put a folder or the registry on another disk."""

from __future__ import annotations

import os
from pathlib import Path

_DEPTH = 2  # of the folders that a root is made of, such as `lake` and `landing/plays`
_GIVEN = "inbox"  # what lies there was put there by somebody


def leads_out(link: Path, root: Path) -> bool:
    """Whether a link leads to a file or folder outside of the root."""
    target = _end_of(link)
    return (target.is_dir() or target.is_file()) and not target.is_relative_to(_end_of(root))


def is_part(link: Path, root: Path) -> bool:
    """Whether what a link leads to is a part of the root that lies on another disk.

    Not what lies around the root. Links that lie deeper are nobody's of the program, so that following these ends.
    """
    where = link.relative_to(root).parts
    is_own = len(where) <= _DEPTH and where[0] != _GIVEN
    return is_own and leads_out(link, root) and not _end_of(root).is_relative_to(_end_of(link))


def _end_of(path: Path) -> Path:
    return Path(os.path.realpath(path))  # which takes links in a circle, too
