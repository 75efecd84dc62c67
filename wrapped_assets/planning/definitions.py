"""Encodes a definition for hashing: its syntax without prose, with numbered local names and resolved outside names.

The encoded text does not depend on location or names, so moving or renaming costs nothing. Everything that the definition can depend
on is in the text or behind one of its references.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache

from wrapped_assets.planning.names import Place, Whole, bound_in, definition_of, found
from wrapped_assets.planning.resolving import Names
from wrapped_assets.planning.scopes import Comprehension, Scope, arguments_of, bound_by, imports_of, stored_in, without_docstring

_UNSAID = ("ctx", "type_comment", "kind", "type_params", "returns", "annotation", "lineno")  # a hint is prose
PROSE = frozenset({"headline", "title", "chapter", "examples"})  # of a declaration


@dataclass(frozen=True)
class Written:
    """The text of a definition, in which `§n` stands for the n-th of `references`; names that nothing defines; modules as values."""

    text: str
    references: tuple[Place, ...]
    libraries: frozenset[str]
    unknown: tuple[str, ...]
    modules: tuple[str, ...]


@cache
def written(place: Place) -> Written:
    """Of a place that is defined."""
    node = definition_of(place)
    assert node is not None, place
    writer = _Writer(place)
    text = writer.top(node, place.name)
    return Written(text, tuple(writer.references), frozenset(writer.libraries), tuple(writer.unknown), tuple(writer.modules))


class _Writer(Names):
    def top(self, node: ast.AST, name: str) -> str:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return self._function(node, node.name, [one for one in node.decorator_list if not self._declares(one)])
        if isinstance(node, ast.ClassDef):
            return self._class(node, node.name)
        if isinstance(node, ast.AnnAssign):
            return f"= {self.of(node.value)}"
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and len(node.targets) == 1:
            return f"= {self.of(node.value)}"
        assert isinstance(node, (ast.Assign, ast.AugAssign))  # several names: which one of them this is
        with self._scope({name: "%"}):
            return self._plain(node)

    def of(self, node: object) -> str:
        """Encodes a node, a list of nodes, or a constant."""
        if isinstance(node, list):
            return f"[{','.join([self.of(item) for item in node])}]"
        if not isinstance(node, ast.AST):
            return f"{type(node).__name__} {node!r}"
        if isinstance(node, ast.Constant):
            return f"{type(node.value).__name__} {node.value!r}"
        if isinstance(node, ast.Name):
            return self._name(node.id) + self._home(node)
        if isinstance(node, ast.Attribute):
            return self._attribute(node)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return self._function(node, f"{self._name(node.name)} {node.name}", node.decorator_list)
        if isinstance(node, ast.Lambda):
            return self._lambda(node)
        if isinstance(node, Comprehension):
            return self._comprehension(node)
        if isinstance(node, ast.ClassDef):
            return self._class(node, f"{self._name(node.name)} {node.name}")
        if isinstance(node, ast.Set) and all(isinstance(item, ast.Constant) and isinstance(item.value, str) for item in node.elts):
            return f"Set({','.join(sorted(self.of(item) for item in node.elts))})"  # of equal numbers, the first stays
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.AnnAssign):
            return f"Assign([{self.of(node.target)}],{self.of(node.value)})" if node.value is not None else "Pass()"
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            return "Pass()"  # what it names is followed where it is used
        return self._plain(node)

    def _plain(self, node: ast.AST) -> str:
        """Encodes any other node by its kind and fields; texts among the fields are names."""
        parts = []
        for name, value in ast.iter_fields(node):
            if name in _UNSAID:
                continue
            is_name = isinstance(value, str) and isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping))
            parts.append(self._name(value) if is_name else self.of(value))  # type: ignore[arg-type]
        return f"{type(node).__name__}({','.join(parts)})"

    def _used(self, node: ast.expr) -> str:
        """Encodes an object that is called or whose attribute is used."""
        return self._name(node.id) if isinstance(node, ast.Name) else self.of(node)

    def _attribute(self, node: ast.Attribute) -> str:
        chain, base = [node.attr], node.value
        while isinstance(base, ast.Attribute):
            chain.append(base.attr)
            base = base.value
        target = self._module_named(base.id) if isinstance(base, ast.Name) else None
        if isinstance(base, ast.Name) and base.id in ("self", "cls") and "." in self.place.name:
            method = Place(self.module, f"{self.place.name.partition('.')[0]}.{chain[-1]}")
            if definition_of(method) is not None:
                target, chain = method, chain[:-1]
        while isinstance(target, Whole) and chain:
            attribute = chain.pop()
            inner = Whole(f"{target.module}.{attribute}")
            target = (found(target.module, attribute) if attribute in bound_in(target.module) else None) or inner
        text = self._used(base) if target is None else self._target(target, node.attr)
        return text + "".join(f".{attribute}" for attribute in reversed(chain))

    def _declares(self, node: ast.expr) -> bool:
        """Whether this declares an asset, whose fields are hashed separately, by value."""
        function = node.func if isinstance(node, ast.Call) else node
        target = found(self.module, function.id) if isinstance(function, ast.Name) else None
        return isinstance(target, Place) and target.module.startswith("wrapped_assets.contracts.")

    def _call(self, node: ast.Call) -> str:
        keywords = [one for one in node.keywords if one.arg not in PROSE] if self._declares(node) else node.keywords
        return f"Call({self._used(node.func)},{self.of(node.args)},{self.of(keywords)})"

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, name: str, decorators: list[ast.expr]) -> str:
        head = f"{type(node).__name__}({name},{self.of(decorators)},{self.of(node.args)}"
        parameters = {argument.arg: f"@{argument.arg}" for argument in arguments_of(node.args)}
        bound: Scope = {**self._numbered(bound_by(node.body, parameters)), **imports_of(node.body, self.module), **parameters}
        with self._scope(bound):
            return f"{head},{self.of(without_docstring(node.body))})"

    def _lambda(self, node: ast.Lambda) -> str:
        arguments = arguments_of(node.args)
        if len(arguments) == 1 and not node.args.kwarg:  # nobody can exchange its names, so they are prose
            bound: Scope = self._numbered([arguments[0].arg])
            head = f"1 {self.of(node.args.defaults)} {self.of(node.args.kw_defaults)} {bool(node.args.vararg)} {bool(node.args.kwonlyargs)}"
        else:
            bound = {argument.arg: f"@{argument.arg}" for argument in arguments}
            head = self.of(node.args)
        with self._scope(bound):
            return f"Lambda({head},{self.of(node.body)})"

    def _comprehension(self, node: Comprehension) -> str:
        parts = [type(node).__name__, self.of(node.generators[0].iter)]  # the first is what the scope outside sees
        with self._scope(self._numbered(stored_in(one.target for one in node.generators))):
            for number, one in enumerate(node.generators):
                parts += [self.of(one.target), self.of(one.iter) if number else "", self.of(one.ifs), str(one.is_async)]
            parts += [self.of(node.key), self.of(node.value)] if isinstance(node, ast.DictComp) else [self.of(node.elt)]
        return f"{parts[0]}({','.join(parts[1:])})"

    def _class(self, node: ast.ClassDef, name: str) -> str:
        head = f"ClassDef({name},{self.of(node.decorator_list)},{self.of(node.bases)},{self.of(node.keywords)}"
        own = {target: f".{target}" for target in bound_by(node.body, {})}
        with self._scope(own, is_class=True):
            return f"{head},[{','.join(self._member(item) for item in without_docstring(node.body))}])"

    def _member(self, item: ast.stmt) -> str:
        if not isinstance(item, ast.AnnAssign):
            return self.of(item)
        hint = item.annotation  # decides what a field is; Polars makes columns of it
        if isinstance(hint, ast.Constant) and isinstance(hint.value, str):
            hint = ast.parse(hint.value, mode="eval").body
        return f"{self.of(item.target)}:{self.of(hint)}={self.of(item.value)}"
