"""Names as a definition's text has them: its own by number, all others by the thing that they stand for."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from wrapped_assets.planning.names import Library, Place, Target, Whole, bound_in, definition_of, found
from wrapped_assets.planning.scopes import Scope


class Names:
    """The scopes that a writer is in, and what it met: references to definitions, libraries, unknown names, modules as values."""

    def __init__(self, place: Place) -> None:
        self.place, self.module = place, place.module
        self.references: dict[Place, int] = {}
        self.libraries: set[str] = set()
        self.unknown: list[str] = []
        self.modules: list[str] = []
        self._scopes: list[tuple[bool, Scope]] = []  # whether it is a class's, and its names
        self._count = 0

    @contextmanager
    def _scope(self, names: Mapping[str, str | Target], *, is_class: bool = False) -> Iterator[None]:
        self._scopes.append((is_class, dict(names)))
        yield
        self._scopes.pop()

    def _numbered(self, names: list[str]) -> Scope:
        found: Scope = {}
        for name in names:
            found[name] = f"%{self._count}"
            self._count += 1
        return found

    def _name(self, name: str) -> str:
        inside = False  # of a function: a class's own names are not seen from there
        for is_class, scope in reversed(self._scopes):
            if name in scope and not (is_class and inside):
                known = scope[name]
                text = known if isinstance(known, str) else self._target(known, name)
                outside = found(self.module, name) if is_class else None  # `N = N` in a class takes the module's
                return text if outside is None or isinstance(outside, Library) else text + self._target(outside, name)
            inside = inside or not is_class
        return self._target(found(self.module, name), name)

    def _home(self, node: ast.Name) -> str:
        """Where a class stands, if it is used as a value: its text says so."""
        target = found(self.module, node.id)
        is_class = isinstance(target, Place) and isinstance(definition_of(target), ast.ClassDef)
        return f"@{target.module if isinstance(target, Place) else self.module}" if is_class or node.id == "cls" else ""

    def _target(self, target: Target | None, name: str) -> str:
        if isinstance(target, Place):
            return f"§{self.references.setdefault(target, len(self.references))}"
        if isinstance(target, Library):
            self.libraries.add(target.name)
            if target.name == "builtins.globals":  # may be any name of the module
                for other in sorted(bound_in(self.module)):
                    if other != self.place.name and isinstance(there := found(self.module, other), Place):
                        self._target(there, other)
            return f"<{target.name}>"
        if isinstance(target, Whole):
            self.modules.append(name)
            return f"<{target.module}>"
        self.unknown.append(name)
        return f"?{name}"

    def _module_named(self, name: str) -> Target | None:
        """What `name` stands for, if it is a module of ours that nothing local hides."""
        for _, scope in reversed(self._scopes):
            if name in scope:
                known = scope[name]
                return known if isinstance(known, Whole) else None
        target = found(self.module, name)
        return target if isinstance(target, Whole) else None
