"""Computes the fingerprints of all assets once per state of the sources, and keeps them (`kept.py`).

They follow from the sources that this process runs and from the libraries' versions, so a hash of these names the file. A file that
is missing costs a second; one that is there was made of the very same texts.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from typing import Any

from wrapped_assets.building.kept import keep, taken
from wrapped_assets.contracts.asset import Declaration
from wrapped_assets.contracts.discovery import all_sources
from wrapped_assets.contracts.errors import DeclarationError
from wrapped_assets.planning import loaded
from wrapped_assets.planning.engine import Stage, importer_hash, stage_hash
from wrapped_assets.planning.fingerprint import PURE_ROOMS, is_of, logic_parts
from wrapped_assets.planning.state import state

Parts = dict[str, dict[str, str]]


def parts_of(declarations: Iterable[Declaration]) -> Parts:
    """`logic_parts` of each asset, by key. DeclarationError where code cannot be followed, or a source is no longer what was loaded."""
    wanted = {declaration.key: declaration for declaration in declarations}
    known: Parts = _taken("parts")
    if known:
        _check_loaded()
    is_declared = loaded.declared_values()
    own = {key for key, declaration in wanted.items() if id(declaration) in is_declared}
    parts = {key: known[key] if key in known and key in own else logic_parts(declaration) for key, declaration in wanted.items()}
    if missing := own - known.keys():
        _keep("parts", {**known, **{key: parts[key] for key in missing}})
    return parts


def stage(wanted: Stage) -> str:
    """`stage_hash`. DeclarationError where a source of the stage is no longer what was loaded."""
    known = _taken("stages")
    if wanted.name in known:
        _check_loaded(patched=())
    else:
        known |= {wanted.name: stage_hash(wanted)}
        _keep("stages", known)
    return known[wanted.name]


def importers() -> dict[str, str]:
    """Input format → a hash of the code that imports it."""
    known = _taken("importers")
    names = {source.name: source for source in all_sources()}
    if known.keys() != names.keys():
        places = {name: loaded.named(lambda value, source=source: value is source, "") for name, source in names.items()}  # type: ignore[misc]
        known = {name: importer_hash(place[0]) for name, place in places.items() if place}
        _keep("importers", known)
    return known


def _taken(what: str) -> dict[str, Any]:
    """What was kept of the sources that this process runs."""
    with suppress(OSError):  # a source that cannot be read: whoever needs it says so
        return taken(f"{_state(tuple(loaded.loaded_modules()))}.{what}") or {}
    return {}


@lru_cache(maxsize=4)
def _state(modules: tuple[str, ...]) -> str:
    """One hash over every source of the package, as it was read, which modules are loaded, and what decides numbers beside it."""
    return state(*modules)


def _check_loaded(patched: Iterable[str] = PURE_ROOMS) -> None:
    """DeclarationError where a source is no longer what was loaded, or a name was given to something else in the rooms `patched`."""
    modules = loaded.loaded_modules()
    try:
        loaded.check_unchanged(modules, [module for module in modules if is_of(module, patched)])
    except loaded.ChangedSource as changed:
        raise DeclarationError(str(changed)) from None


def _keep(what: str, found: dict[str, Any]) -> None:
    with suppress(OSError):
        keep(f"{_state(tuple(loaded.loaded_modules()))}.{what}", found)
