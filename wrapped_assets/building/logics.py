"""Computes the fingerprints of all assets once per state of the sources, and keeps them (`kept.py`).

They follow from the sources that this process runs and from the libraries' versions, so a hash of these names the file. A file that
is missing costs a second; one that is there was made of the very same texts.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from typing import Any

from wrapped_assets.building.increments import Increments
from wrapped_assets.building.kept import keep, taken
from wrapped_assets.contracts.asset import Declaration
from wrapped_assets.contracts.discovery import all_sources
from wrapped_assets.contracts.errors import DeclarationError
from wrapped_assets.contracts.source import Source
from wrapped_assets.planning import loaded
from wrapped_assets.planning.declared import declared
from wrapped_assets.planning.engine import Stage, engine_parts, importing, modules_of, stage_hash
from wrapped_assets.planning.fingerprint import PASSED, PURE_ROOMS, check_loaded, is_of, logic_parts, own_parts
from wrapped_assets.planning.state import state

Parts = dict[str, dict[str, str]]


def parts_of(declarations: Iterable[Declaration]) -> Parts:
    """`logic_parts` of each asset, by key. DeclarationError where code cannot be followed, or a source is no longer what was loaded."""
    listed = list(declarations)
    wanted = {declaration.key: declaration for declaration in listed if not declaration.year}
    is_declared = loaded.declared_values()
    own = {key for key, declaration in wanted.items() if id(declaration) in is_declared}
    known: Parts = _taken("parts")
    missing = own - known.keys()
    if known or missing:
        _check_loaded()
    if missing:
        known |= _worked_out([wanted[key] for key in sorted(missing)])
        _keep("parts", known)
    found = {key: known[key] if key in own else logic_parts(declaration) for key, declaration in wanted.items()}
    # A span's asset has the function of its year's, and reads what is made of other months.
    return {each.key: {**found[each.year], **declared(each)} if each.year else found[each.key] for each in listed}


def _worked_out(declarations: Iterable[Declaration]) -> Parts:
    """`logic_parts`, of which only that is worked out which an edit can have changed."""
    increments = Increments()
    modules = loaded.loaded_modules()
    for rule, passed in PASSED.items():
        passed.update(module for module in modules if increments.has(rule, module, [module]))
    try:
        check_loaded()
    except loaded.ChangedSource as changed:
        raise DeclarationError(str(changed)) from None
    parts: Parts = {}
    for declaration in declarations:
        made = increments.of("parts", declaration.key, [declaration.function.__module__], lambda one=declaration: own_parts(one))  # type: ignore[misc]
        parts[declaration.key] = {**made, **engine_parts(declaration, lambda stage: _hash(increments, stage))}
    for rule, passed in PASSED.items():
        for module in passed.intersection(modules):
            increments.of(rule, module, [module], lambda: True)
    increments.save()
    return parts


def _hash(increments: Increments, wanted: Stage) -> str:
    return increments.of("stages", wanted.name, modules_of(wanted), lambda: stage_hash(wanted))


def stage(wanted: Stage) -> str:
    """`stage_hash`. DeclarationError where a source of the stage is no longer what was loaded."""
    known = _taken("stages")
    if wanted.name in known:
        _check_loaded(patched=())
    else:
        known |= _hashes([wanted])
        _keep("stages", known)
    return known[wanted.name]


def importers() -> dict[str, str]:
    """Input format → a hash of the code that imports it."""
    return _importers({source.name: source for source in all_sources()})


def importer(source: Source) -> str | None:
    """The hash of the code that imports a format; None for one that is no part of the package."""
    return _importers({source.name: source}).get(source.name)


def _importers(wanted: dict[str, Source]) -> dict[str, str]:
    known = _taken("importers")
    missing = {name: source for name, source in wanted.items() if name not in known}
    if missing:
        places = {name: loaded.named(lambda value, source=source: value is source, "") for name, source in missing.items()}  # type: ignore[misc]
        stages = {name: importing(place[0]) for name, place in places.items() if place}
        hashes = _hashes(stages.values())
        known |= {name: hashes[each.name] for name, each in stages.items()}
        _keep("importers", known)
    return {name: known[name] for name in wanted if name in known}


def _hashes(stages: Iterable[Stage]) -> dict[str, str]:
    """`stage_hash` of each, by name."""
    _check_loaded(patched=())
    increments = Increments()
    found = {each.name: _hash(increments, each) for each in stages}
    increments.save()
    return found


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
