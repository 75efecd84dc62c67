"""Discovers the declarations in a package, so that nobody edits a list."""

from __future__ import annotations

import pkgutil
from functools import cache
from types import ModuleType
from typing import TypeVar

from wrapped_assets.contracts.declaration import Declaration, Subject
from wrapped_assets.contracts.errors import DeclarationError
from wrapped_assets.contracts.loading import loaded
from wrapped_assets.contracts.places import line_of, shown_path
from wrapped_assets.contracts.source import Source, source_faults

T = TypeVar("T")

# Folders whose files each declare one asset, named like the file; the folder says what its rows are about.
SUBJECTS: dict[str, Subject] = {
    "wrapped_assets.insights.listener": "listener", "wrapped_assets.insights.artist": "artist", "wrapped_assets.insights.group": "group",
    "wrapped_assets.insights.population": "population", "wrapped_assets.playlists": "playlist",
}  # fmt: skip
_DECORATORS = {"listener": "insight", "artist": "artist_insight", "group": "group_insight"}


def modules_below(package: str) -> list[ModuleType]:
    """Imports every module below `package`, ordered by dotted name. DeclarationError if an import fails."""
    root = loaded(package)
    names = sorted(info.name for info in pkgutil.walk_packages(root.__path__, f"{package}.", onerror=loaded) if not info.ispkg)
    return [loaded(name) for name in names]


def declared_in(package: str, kind: type[T]) -> list[T]:
    """Returns the module-level instances of `kind` below `package`, each once, ordered by module name."""
    found: dict[int, T] = {}
    for module in modules_below(package):
        for value in vars(module).values():
            if isinstance(value, kind):
                found.setdefault(id(value), value)
    return list(found.values())


def assets_in(package: str) -> list[Declaration]:
    """The assets below `package`. DeclarationError if an insight's file declares no asset, or one of another kind or name."""
    for module in modules_below(package):
        if subject := SUBJECTS.get(module.__name__.rpartition(".")[0]):
            _check_file(module, subject)
    return declared_in(package, Declaration)


def _check_file(module: ModuleType, subject: Subject) -> None:
    path, name = shown_path(str(module.__file__)), module.__name__.rpartition(".")[2]
    decorator = _DECORATORS.get(subject, subject)
    own = [value for value in vars(module).values() if isinstance(value, Declaration) and value.function.__module__ == module.__name__]
    if not own:
        raise DeclarationError(f"{path}:1: this file declares no asset; write `@{decorator}(…)` above `def {name}(…)`")
    if len(own) > 1:
        names = ", ".join(declared.name for declared in own)
        raise DeclarationError(f"{line_of(own[1].function)}: this file declares {names}; a file here declares one asset: move the others")
    (declared,) = own
    if declared.name != name:
        raise DeclarationError(
            f"{line_of(declared.function)}: the asset is called {declared.name!r} and its file {name!r}; give both the same name"
        )
    if declared.subject != subject:
        remedy = f"this folder is for assets under `@{decorator}`; write that, or move the file to the folder of its kind"
        raise DeclarationError(f"{line_of(declared.function)}: {name}: {remedy}")


@cache
def all_sources() -> tuple[Source, ...]:
    """The input formats, ordered by code. DeclarationError if one breaks a law or shares a code, name or richness with another."""
    sources = declared_in("wrapped_assets.sources", Source)
    for source in sources:
        for fault in source_faults(source):
            raise DeclarationError(f"{line_of(source.read)}: the source {source.name!r}: {fault}")
    for attribute in ("code", "name", "richness"):
        owners: dict[object, Source] = {}
        for source in sources:
            value = getattr(source, attribute)
            if (other := owners.setdefault(value, source)) is not source:
                shared = f"its {attribute} {value!r} is that of {other.name!r} too; give it its own"
                raise DeclarationError(f"{line_of(source.read)}: the source {source.name!r}: {shared}")
    return tuple(sorted(sources, key=lambda source: source.code))
