"""Computes the fingerprints of all assets once per state of the sources and caches them in the user's cache.

They follow from the sources that this process runs and from the libraries' versions, so a hash of these names the file. A file that
is missing or cannot be read costs a second; one that is there was made of the very same texts.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa

from wrapped_assets.contracts.asset import Declaration
from wrapped_assets.contracts.discovery import all_sources
from wrapped_assets.contracts.errors import DeclarationError
from wrapped_assets.planning import loaded
from wrapped_assets.planning.engine import Stage, importer_hash, stage_hash
from wrapped_assets.planning.fingerprint import PURE_ROOMS, is_of, libraries, logic_parts
from wrapped_assets.storage import tables
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.whole_files import write_whole

Parts = dict[str, dict[str, str]]
MOST_FILES = 100  # each command loads modules of its own, and so has files of its own


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


def imports_of_other_code(root: Root) -> dict[str, int]:
    """Input format → how many imports were landed by other code than today's; an import of an older program says nothing of it."""
    table = tables.imports
    query = sa.select(table.c.source, table.c.importer, sa.func.count()).where(table.c.importer.is_not(None))
    with root.engine.connect() as connection:
        rows = connection.execute(query.group_by(table.c.source, table.c.importer)).all()
    now = importers() if rows else {}
    counts: dict[str, int] = {}
    for source, importer, count in rows:
        if now.get(source) not in (None, importer):
            counts[source] = counts.get(source, 0) + count
    return dict(sorted(counts.items()))


def _taken(what: str) -> dict[str, Any]:
    """What was kept of the sources that this process runs; empty where nothing whole is there."""
    with suppress(OSError, ValueError, RuntimeError):  # the last: a user without a home
        digest, _, text = _place(what).read_bytes().partition(b"\n")
        if digest == _digest(text):
            return orjson.loads(text)
    return {}


def _place(what: str) -> Path:
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wrapped-assets" / "fingerprints"
    return folder / f"{_state(tuple(loaded.loaded_modules()))}.{what}.json"


@lru_cache(maxsize=4)
def _state(modules: tuple[str, ...]) -> str:
    """One hash over every source of the package, as it was read, which modules are loaded, and what decides numbers beside it."""
    return loaded.state(*(f"{name} {version}" for name, version in sorted(libraries().items())))


def _check_loaded(patched: Iterable[str] = PURE_ROOMS) -> None:
    """DeclarationError where a source is no longer what was loaded, or a name was given to something else in the rooms `patched`."""
    modules = loaded.loaded_modules()
    try:
        loaded.check_unchanged(modules, [module for module in modules if is_of(module, patched)])
    except loaded.ChangedSource as changed:
        raise DeclarationError(str(changed)) from None


def _digest(text: bytes) -> bytes:
    return hashlib.blake2b(text, digest_size=16).hexdigest().encode()


def _keep(what: str, found: dict[str, Any]) -> None:
    """Writes a file of the cache, if it can, and forgets the oldest ones."""
    with suppress(OSError, RuntimeError):
        text, place = orjson.dumps(found), _place(what)
        write_whole(place, _digest(text) + b"\n" + text)
        for old in sorted(place.parent.glob("*.json"), key=lambda path: path.stat().st_mtime)[:-MOST_FILES]:
            old.unlink(missing_ok=True)
