"""One hash over everything that plans follow from besides data: every source, Python, and the libraries that decide numbers.

Sources are read anew by each process (a hundredth of a second), so nothing is taken for unchanged by its time, size or place.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator

from wrapped_assets.planning.libraries import libraries
from wrapped_assets.planning.loaded import PACKAGES, text_at


def state(*beside: str) -> str:
    """32 hex digits, of every source as this process read it, and of texts beside them. OSError where a source cannot be read."""
    found = _of_sources()
    versions = (f"{library} {version}" for library, version in sorted(libraries().items()))
    python = f"{sys.implementation.cache_tag} {sys.version} {sys.flags.optimize}"
    for text in ("", *versions, python, *beside):
        found.update(_digest(text.encode("utf-8", "surrogateescape")))
    return found.hexdigest()


def code_hash() -> str:
    """32 hex digits, of every source alone: equal where two machines have the same code. OSError where a source cannot be read."""
    return _of_sources().hexdigest()


def _of_sources() -> hashlib.blake2b:
    found = hashlib.blake2b(digest_size=16)
    for package in sorted(PACKAGES):
        for name, path in sources(package):
            found.update(_digest(os.fsencode(f"{package}/{name}")) + _digest(text_at(path)))
    return found


def sources(package: str) -> Iterator[tuple[str, str]]:
    """The name inside the package and the path of every source, in order."""
    for folder in getattr(sys.modules.get(package), "__path__", ()):
        yield from _below(folder)


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content).digest()


def _below(folder: str, inside: str = "", above: frozenset[str] = frozenset()) -> Iterator[tuple[str, str]]:
    """Of every source below `folder`: behind symbolic links too, as imports find them."""
    here = os.path.realpath(folder)
    entries: Iterable[os.DirEntry[str]] = () if here in above else sorted(os.scandir(folder), key=lambda entry: entry.name)
    for entry in entries:
        if entry.name.endswith(".py"):
            yield inside + entry.name, entry.path
        elif "." not in entry.name and entry.name != "__pycache__" and entry.is_dir():
            yield from _below(entry.path, f"{inside}{entry.name}/", above | {here})
