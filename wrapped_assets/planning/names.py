"""What the names of a module stand for, by its text alone: a definition in it, another module's definition, or a library's thing."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from wrapped_assets.planning.loaded import is_ours, path_of, text_of
from wrapped_assets.planning.trees import nodes_of


@dataclass(frozen=True, order=True)
class Place:
    """One definition: a function, class or constant at the top of a module of the package; "Class.method" for a method by itself."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(frozen=True)
class Library:
    """A thing of a library, by its own name and not by the one that an import gives it here: "polars.col", "builtins.min"."""

    name: str


@dataclass(frozen=True)
class Whole:
    """A module of the package as such."""

    module: str


Target = Place | Library | Whole
# It decides nothing, because kernels and their references give the same rows; so it counts by name, as a library does.
ACCELERATION = "wrapped_assets.acceleration"
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign | ast.AugAssign


@cache
def tree_of(module: str) -> ast.Module:
    """The syntax tree of the text that was loaded."""
    return ast.parse(text_of(module))


@cache
def bound_in(module: str) -> dict[str, Definition | Target]:
    """Each name at the top of a module: its definition, or what an import takes it from. Of two definitions the last."""
    found: dict[str, Definition | Target] = {}
    for statement in _statements(tree_of(module).body):
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            found.update(imported(statement, module))
        elif isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found[statement.name] = statement
        elif isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            found.update(dict.fromkeys(targets_of(statement), statement))
    return found


def _statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements of a module's top, those under `if TYPE_CHECKING`, `try` and the like included."""
    for statement in body:
        yield statement
        for inner in ("body", "orelse", "finalbody") if isinstance(statement, (ast.If, ast.Try, ast.With)) else ():
            yield from _statements(getattr(statement, inner, ()))


def targets_of(statement: ast.Assign | ast.AnnAssign | ast.AugAssign) -> list[str]:
    """The names that an assignment gives."""
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return [node.id for target in targets for node in nodes_of(target) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]


def imported(statement: ast.Import | ast.ImportFrom, module: str) -> dict[str, Target]:
    """Local name → what it stands for."""
    if isinstance(statement, ast.Import):
        return {
            alias.asname or alias.name.partition(".")[0]: _module(alias.name if alias.asname else alias.name.partition(".")[0])
            for alias in statement.names
        }
    source = statement.module or ""
    if statement.level:
        package = module if (path_of(module) or "").endswith("__init__.py") else module.rpartition(".")[0]
        above = package.split(".")[: len(package.split(".")) - statement.level + 1]
        source = ".".join([*above, source] if source else above)
    if not is_ours(source) or source == ACCELERATION:
        return {alias.asname or alias.name: Library(f"{source}.{alias.name}") for alias in statement.names}
    return {
        alias.asname or alias.name: Whole(f"{source}.{alias.name}") if path_of(f"{source}.{alias.name}") else Place(source, alias.name)
        for alias in statement.names
    }


def _module(name: str) -> Target:
    return Whole(name) if is_ours(name) else Library(name)


def found(module: str, name: str) -> Target | None:
    """What a global name means in a module: followed through every import to where it is defined. None where nothing defines it."""
    target: Target | None = Place(module, name)
    seen: set[Target] = set()
    while isinstance(target, Place) and target not in seen:
        seen.add(target)
        known = bound_in(target.module).get(target.name)
        if known is None:
            target = Library(f"builtins.{name}") if target == Place(module, name) and hasattr(builtins, name) else None
        elif isinstance(known, (Place, Library, Whole)):
            target = known
        else:
            return target
    return target


def definition_of(place: Place) -> Definition | None:
    """The statement, method or class that a place names."""
    known = bound_in(place.module).get(place.name.partition(".")[0])
    if isinstance(known, ast.ClassDef) and "." in place.name:
        method = place.name.partition(".")[2]
        return next((node for node in known.body if isinstance(node, ast.FunctionDef) and node.name == method), None)
    return known if isinstance(known, ast.AST) else None
