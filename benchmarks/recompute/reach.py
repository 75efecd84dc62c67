"""Which assets an edit of one definition can affect: a second opinion, from imports and names alone."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from benchmarks.recompute.package_copy import PACKAGE, PackageCopy

Definition = tuple[str, str]  # module file, name


def _file_of(module: str) -> str:
    return module.removeprefix(f"{PACKAGE}.").replace(".", "/") + ".py"


def _imports(tree: ast.Module, files: set[str]) -> tuple[dict[str, Definition], dict[str, str]]:
    """Local name → definition elsewhere, and local name → module file."""
    names, modules = {}, {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(PACKAGE):
            for alias in node.names:
                inner = _file_of(f"{node.module}.{alias.name}")
                if inner in files:
                    modules[alias.asname or alias.name] = inner
                else:
                    names[alias.asname or alias.name] = (_file_of(node.module), alias.name)
    return names, modules


def _targets(statement: ast.stmt) -> Iterable[str]:
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        yield statement.name
    else:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id


def _references(copy: PackageCopy) -> dict[Definition, set[Definition]]:
    files = copy.below("aggregates", "catalogue", "insights", "kernels", "listens", "playlists", "vocabulary")
    found: dict[Definition, set[Definition]] = {}
    for file in files:
        tree = ast.parse(copy.read(file))
        names, modules = _imports(tree, set(files))
        own = {name for statement in tree.body for name in _targets(statement)}
        for local, target in names.items():
            found.setdefault((file, local), set()).add(target)  # what a module passes on
        for statement in tree.body:
            used: set[Definition] = set()
            for node in ast.walk(statement):
                if isinstance(node, ast.Name) and node.id in own:
                    used.add((file, node.id))
                elif isinstance(node, ast.Name) and node.id in names:
                    used.add(names[node.id])
                elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
                    used.add((modules[node.value.id], node.attr))
            for name in _targets(statement):
                found.setdefault((file, name), set()).update(used - {(file, name)})
    return found


def assets_reaching(copy: PackageCopy, changed: Iterable[Definition]) -> set[str]:
    """Names of the functions that reach a changed definition, directly or not; an asset is called as its function."""
    references = _references(copy)
    reached = set(changed)
    while True:
        more = {definition for definition, used in references.items() if definition not in reached and used & reached}
        if not more:
            return {name for _, name in reached}
        reached |= more
