"""Finds what packages declare, so that nobody edits a list."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType
from typing import TypeVar

from wrapped_assets.contracts.errors import DeclarationError
from wrapped_assets.contracts.source import Source

T = TypeVar("T")


def modules_below(package: str) -> list[ModuleType]:
    """Every module below `package`, imported, in the order of their dotted names."""
    root = importlib.import_module(package)
    names = sorted(info.name for info in pkgutil.walk_packages(root.__path__, f"{package}.") if not info.ispkg)
    return [importlib.import_module(name) for name in names]


def declared_in(package: str, kind: type[T]) -> list[T]:
    """Module-level instances of `kind` below `package`, each once, ordered by module name."""
    found: dict[int, T] = {}
    for module in modules_below(package):
        for value in vars(module).values():
            if isinstance(value, kind):
                found.setdefault(id(value), value)
    return list(found.values())


@cache
def all_sources() -> tuple[Source, ...]:
    """The input formats, ordered by code. Raises DeclarationError where a code or name stands twice."""
    sources = sorted(declared_in("wrapped_assets.sources", Source), key=lambda source: source.code)
    for attribute in ("code", "name"):
        values = [getattr(source, attribute) for source in sources]
        if len(set(values)) < len(values):
            raise DeclarationError(f"two sources share a {attribute}: {sorted(map(str, values))}; give each its own")
    return tuple(sources)
