"""The logic fingerprint of an asset: a hash over its declaration, its function, and everything that these reach.

The function and each definition that it names, directly or not, are hashed by their syntax (`definitions`); outside names count by
the thing that they stand for. Code that this could not follow is refused (`subset`, `frozen`). See planning/README.md.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Mapping

from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.contracts.errors import DeclarationError
from wrapped_assets.kernels.versions import combined
from wrapped_assets.planning import loaded
from wrapped_assets.planning.declared import column_text, declared
from wrapped_assets.planning.definitions import Written, written
from wrapped_assets.planning.engine import engine_parts
from wrapped_assets.planning.expressions import refused as not_allowed
from wrapped_assets.planning.frozen import what_can_change
from wrapped_assets.planning.halves import HALF
from wrapped_assets.planning.libraries import LIBRARIES, libraries
from wrapped_assets.planning.names import Place, definition_of, found
from wrapped_assets.planning.patches import check_libraries_whole, check_patches_nothing
from wrapped_assets.planning.sets import is_set
from wrapped_assets.planning.subset import check_definition, check_module
from wrapped_assets.vocabulary.columns import Column

# Rooms of the package that decide numbers; modules in them that only the engine uses; and rooms whose modules count once reached.
PURE_ROOMS = ("vocabulary", "kernels", "catalogue", "listens", "aggregates", "insights", "playlists")
FOR_THE_ENGINE = ("vocabulary.rules", "vocabulary.columns", "kernels.hashing", "kernels.versions", "playlists.formats")
SHARED_ROOMS = ("vocabulary", "kernels")


def logic_fingerprint(declaration: Declaration) -> str:
    """Returns 32 hex digits. DeclarationError if the code reaches something that cannot be read statically."""
    return fingerprint_of(logic_parts(declaration))


def fingerprint_of(parts: Mapping[str, str]) -> str:
    """Returns the fingerprint of an asset with these `logic_parts`: one half hashes its code, the other half the engine.

    Labels of definitions are for people and do not count as logic.
    """
    counted = {name: text for name, text in sorted(parts.items()) if not name.startswith(_NAMED)}
    engine = {name: text for name, text in counted.items() if name.startswith("engine ")}
    return combined(*(item for item in counted.items() if item[0] not in engine))[:HALF] + combined(*engine.items())[:HALF]


PASSED: dict[str, set[str]] = {"subset": set(), "patches": set()}  # modules that kept the rules, of this text and what it imports
_NAMED = ("function ", "class ", "constant ")


def logic_parts(declaration: Declaration) -> dict[str, str]:
    """Returns the parts of the fingerprint by name, which `explain` compares.

    "code" is the graph of all reached definitions; each definition also has its own part, so that a change can be named.
    """
    try:
        check_loaded()
    except loaded.ChangedSource as changed:
        raise DeclarationError(f"{declaration.key}: {changed}") from None
    return {**own_parts(declaration), **engine_parts(declaration)}


def own_parts(declaration: Declaration) -> dict[str, str]:
    """The parts that the asset's own module and what it imports decide; the engine's are apart."""
    try:
        places, named = _reached(declaration)
        parts = _labelled(places)
    except loaded.ChangedSource as changed:
        raise DeclarationError(f"{declaration.key}: {changed}") from None
    return {**parts, "code": combined(_graph(places)), **declared(declaration), **_versions(named)}


def _reached(declaration: Declaration) -> tuple[list[Place], set[str]]:
    """Returns the reached definitions in order, the asset's own first, and the libraries that they name."""
    places = [place_of(declaration)]
    libraries: set[str] = set()
    for place in places:  # grows
        text = _written(place)
        _check(declaration, place, text)
        libraries.update(text.libraries)
        places.extend(one for one in text.references if one not in places)
    modules = sorted({place.module for place in places})
    loaded.check_unchanged(modules, modules)
    return places, libraries


def place_of(declaration: Declaration) -> Place:
    """Returns the place of a declaration: a decorated function, or a constant made by a factory."""
    module, function = declaration.function.__module__, declaration.function
    named = loaded.named(lambda value: isinstance(value, Declaration) and value.function is function, module)
    if named and isinstance(place := found(*named), Place):
        return place
    raise DeclarationError(f"{declaration.key}: expected a declaration at the top of a module loaded from source, got {module}")


def _written(place: Place) -> Written:
    value = loaded.value_of(place.module, place.name) if loaded.is_loaded(place.module) else None
    if type(value) is Column:
        return Written(column_text(value), (), frozenset(), (), ())
    found = written(place)
    if isinstance(value, Declaration):
        return dataclasses.replace(found, text=f"{found.text} {sorted(declared(value).items())}")
    return found


def _check(declaration: Declaration, place: Place, text: Written) -> None:
    """Raises DeclarationError if a reached definition cannot be understood from its code."""

    def refused(what: str, instead: str) -> DeclarationError:
        return DeclarationError(f"{declaration.key}: cannot tell what {what} does from the code alone; {instead}")

    if text.unknown:
        raise refused(f"the name {text.unknown[0]!r} in {place}", "define it at the top of the module")
    if text.modules:
        raise refused(f"the module {text.modules[0]!r} as a value in {place}", "name the function or the constant directly")
    if is_pure(place.module):
        checked(place.module)
    elif not is_of(place.module, FOR_THE_ENGINE) and not is_of(place.module, ("contracts",)):
        raise refused(f"{place}, which is no code that decides numbers,", "move it to kernels, or pass the value as a parameter")
    else:
        check_definition(place)
    if loaded.is_loaded(place.module):
        value = loaded.value_of(place.module, place.name)
        if isinstance(value, (set, frozenset)) and not is_set(place.module, place.name):
            raise not_allowed(place.module, definition_of(place), f"{place.name}, which is a set,", "write frozenset(…) where it is made")
        if not is_of(place.module, FOR_THE_ENGINE) and (changing := what_can_change(value, place.name)):
            raise not_allowed(place.module, definition_of(place), f"{changing[0]}, which can change,", changing[1])


def check_loaded() -> None:
    """Raises DeclarationError if a loaded module breaks the rules for code that decides a number, or changes what such code uses."""
    libraries_whole()
    for module in loaded.loaded_modules():
        if is_pure(module) and not is_of(module, SHARED_ROOMS):
            checked(module)
        else:
            patches_nothing(module)


def checked(module: str) -> None:
    """Raises DeclarationError if a module is not written in the subset."""
    if module not in PASSED["subset"]:
        check_module(module)
        PASSED["subset"].add(module)


def patches_nothing(module: str) -> None:
    """Raises DeclarationError if a module changes what others use."""
    if module not in PASSED["patches"]:
        check_patches_nothing(module)
        PASSED["patches"].add(module)


@functools.cache
def libraries_whole() -> None:
    """Raises DeclarationError if this process has replaced a function of a library."""
    check_libraries_whole()


def is_pure(module: str) -> bool:
    """Whether a module is in a package whose code decides numbers."""
    return (is_of(module, PURE_ROOMS) and not is_of(module, FOR_THE_ENGINE)) or not module.startswith("wrapped_assets.")


def is_of(module: str, rooms: Iterable[str]) -> bool:
    """Whether a module is in one of these packages, or is one of them."""
    inside = module.partition(".")[2]
    return any(inside == room or inside.startswith(f"{room}.") for room in rooms)


def _graph(places: list[Place]) -> str:
    """The definitions as one text in which each names others by their number: what they are called and where they stand is not in it."""
    numbers = {place: number for number, place in enumerate(places)}
    return "\n".join(f"{_written(place).text} → {[numbers[one] for one in _written(place).references]}" for place in places)


def _labelled(places: list[Place]) -> dict[str, str]:
    found: dict[str, str] = {}
    for place in places:
        kind = type(definition_of(place)).__name__
        label = {"FunctionDef": f"function {place.name}()", "ClassDef": f"class {place.name}"}.get(kind, f"constant {place.name}")
        text = _written(place).text
        found[label if label not in found else f"{label} of {place.module.partition('.')[2]}"] = combined(text)[:HALF]
    return found


def _versions(reached: Iterable[str]) -> dict[str, str]:
    """Of what decides numbers beside our own code: Polars whole, Python's minor version, and the libraries that are named."""
    roots = {name.partition(".")[0] for name in reached}
    wanted = {"polars", "python", *(library for root, library in LIBRARIES.items() if root in roots)}
    return {f"library {name}": version for name, version in libraries().items() if name in wanted}
