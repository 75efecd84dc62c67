"""Files that commands wrote about people: those below the data root are removed, those elsewhere are listed for whoever holds them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from wrapped_assets.rights.needles import Search
from wrapped_assets.rights.residue import look_into
from wrapped_assets.storage.outputs import Output, forget_outputs, outputs_besides, outputs_of
from wrapped_assets.storage.root import Root


def remove_outputs(root: Root, listener_id: int, noted: Iterable[Output]) -> list[Output]:
    """Removes what was written about a listener below the data root; returns what was written about them elsewhere.

    `noted` is what the case knows: the registry may have forgotten it by now.
    """
    written = {each.path: each for each in (*noted, *outputs_of(root, listener_id))}
    elsewhere = []
    for each in written.values():
        path = Path(each.path)
        if not _is_inside(root, path):
            elsewhere.append(each)
        elif path.is_file():
            path.unlink()
    return elsewhere


def outputs_that_name(root: Root, search: Search) -> list[Output]:
    """Removes what was written about others below the data root and names somebody who is searched for: it can be written anew.

    Returns what was written elsewhere and names them, or may: it was about anybody, and is not there any more.
    """
    stale, elsewhere = [], []
    for each in outputs_besides(root, search.ids):
        path = Path(each.path)
        holds = path.is_file() and look_into(path, search)
        if _is_inside(root, path):
            if holds:
                path.unlink()
                stale.append(each.path)
        elif holds or (each.is_about_anybody and not path.exists()):
            elsewhere.append(each)
    forget_outputs(root, stale)
    return elsewhere


def _is_inside(root: Root, path: Path) -> bool:
    return path.resolve().is_relative_to(root.path.resolve())
