"""The fingerprints of all assets, worked out once for each state of the sources and kept in the user's cache.

They follow from the sources that this process runs and from the libraries' versions, so a hash of these names the file. A file that
is missing or cannot be read costs a second; one that is there was made of the very same texts.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import orjson

from wrapped_assets.contracts.asset import Declaration
from wrapped_assets.contracts.errors import DeclarationError
from wrapped_assets.planning import loaded
from wrapped_assets.planning.fingerprint import PURE_ROOMS, is_of, libraries, logic_parts
from wrapped_assets.storage.files import write_whole

Parts = dict[str, dict[str, str]]
MOST_FILES = 20


def parts_of(declarations: Iterable[Declaration]) -> Parts:
    """`logic_parts` of each asset, by key. DeclarationError where code cannot be followed, or a source is no longer what was loaded."""
    wanted = {declaration.key: declaration for declaration in declarations}
    place = _folder() / f"{_state()}.json"
    known: Parts = {}
    with suppress(OSError, ValueError):
        digest, _, text = place.read_bytes().partition(b"\n")
        known = orjson.loads(text) if digest == _digest(text) else {}
    if known and not _check_loaded():
        known = {}
    is_declared = loaded.declared_values()
    own = {key for key, declaration in wanted.items() if id(declaration) in is_declared}
    parts = {key: known[key] if key in known and key in own else logic_parts(declaration) for key, declaration in wanted.items()}
    if missing := own - known.keys():
        _keep(place, {**known, **{key: parts[key] for key in missing}})
    return parts


def _state() -> str:
    """One hash over every source of the package, as it was read, and what decides numbers beside it."""
    return loaded.state(*(f"{name} {version}" for name, version in sorted(libraries().items())))


def _check_loaded() -> bool:
    modules = loaded.loaded_modules()
    try:
        loaded.check_unchanged(modules, [module for module in modules if is_of(module, PURE_ROOMS)])
    except loaded.ChangedSource as changed:
        raise DeclarationError(str(changed)) from None
    return True


def _digest(text: bytes) -> bytes:
    return hashlib.blake2b(text, digest_size=16).hexdigest().encode()


def _folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wrapped-assets" / "fingerprints"


def _keep(place: Path, parts: Parts) -> None:
    """Writes a file of the cache, if it can, and forgets the oldest ones."""
    with suppress(OSError):
        text = orjson.dumps(parts)
        write_whole(place, _digest(text) + b"\n" + text)
        for old in sorted(place.parent.glob("*.json"), key=lambda path: path.stat().st_mtime)[:-MOST_FILES]:
            old.unlink(missing_ok=True)
