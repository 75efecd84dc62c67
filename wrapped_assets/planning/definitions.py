"""A definition as it is hashed: its syntax without prose, local names numbered, every outside name replaced by what it stands for.

Such a text means the same wherever it stands and whatever its names are, so moving or renaming costs nothing; and all that it can
depend on is in it or behind one of its references.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from wrapped_assets.planning.names import Library, Place, Target, Whole, bound_in, definition_of, found, imported

_UNSAID = ("ctx", "type_comment", "kind", "type_params", "returns", "annotation", "lineno")  # a hint is prose
_HINTS_THAT_COUNT = ("ClassVar", "InitVar", "KW_ONLY")
PROSE = frozenset({"headline", "title", "chapter", "examples"})  # of a declaration
_NAMING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler, ast.MatchAs, ast.MatchStar)
Scope = dict[str, "str | Target"]
Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp


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


class _Writer:
    def __init__(self, place: Place) -> None:
        self.place, self.module = place, place.module
        self.references: dict[Place, int] = {}
        self.libraries: set[str] = set()
        self.unknown: list[str] = []
        self.modules: list[str] = []
        self._scopes: list[tuple[bool, Scope]] = []  # whether it is a class's, and its names
        self._count = 0

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
        """The text of a node, a list of nodes, or a constant."""
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
        if isinstance(node, ast.Set) and all(isinstance(item, ast.Constant) for item in node.elts):
            return f"Set({','.join(sorted(self.of(item) for item in node.elts))})"
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.AnnAssign):
            return f"Assign([{self.of(node.target)}],{self.of(node.value)})" if node.value is not None else "Pass()"
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            return "Pass()"  # what it names is followed where it is used
        return self._plain(node)

    def _plain(self, node: ast.AST) -> str:
        """Any other node: its kind and its fields, texts among them being names."""
        parts = []
        for name, value in ast.iter_fields(node):
            if name in _UNSAID:
                continue
            is_name = isinstance(value, str) and isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping))
            parts.append(self._name(value) if is_name else self.of(value))  # type: ignore[arg-type]
        return f"{type(node).__name__}({','.join(parts)})"

    def _name(self, name: str) -> str:
        inside = False  # of a function: a class's own names are not seen from there
        for is_class, scope in reversed(self._scopes):
            if name in scope and not (is_class and inside):
                known = scope[name]
                return known if isinstance(known, str) else self._target(known, name)
            inside = inside or not is_class
        return self._target(found(self.module, name), name)

    def _used(self, node: ast.expr) -> str:
        """A thing that is called or asked for an attribute."""
        return self._name(node.id) if isinstance(node, ast.Name) else self.of(node)

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
            target = found(target.module, attribute) or inner
        text = self._used(base) if target is None else self._target(target, node.attr)
        return text + "".join(f".{attribute}" for attribute in reversed(chain))

    def _module_named(self, name: str) -> Target | None:
        """What `name` stands for, if it is a module of ours that nothing local hides."""
        for _, scope in reversed(self._scopes):
            if name in scope:
                known = scope[name]
                return known if isinstance(known, Whole) else None
        target = found(self.module, name)
        return target if isinstance(target, Whole) else None

    def _declares(self, node: ast.expr) -> bool:
        """Whether this is a declaration of an asset, whose fields are hashed apart, by value."""
        function = node.func if isinstance(node, ast.Call) else node
        target = found(self.module, function.id) if isinstance(function, ast.Name) else None
        return isinstance(target, Place) and ".contracts." in target.module

    def _call(self, node: ast.Call) -> str:
        keywords = [one for one in node.keywords if one.arg not in PROSE] if self._declares(node) else node.keywords
        return f"Call({self._used(node.func)},{self.of(node.args)},{self.of(keywords)})"

    @contextmanager
    def _scope(self, names: Mapping[str, str | Target], *, is_class: bool = False) -> Iterator[None]:
        self._scopes.append((is_class, dict(names)))
        yield
        self._scopes.pop()

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, name: str, decorators: list[ast.expr]) -> str:
        head = f"{type(node).__name__}({name},{self.of(decorators)},{self.of(node.args)}"
        parameters = {argument.arg: f"@{argument.arg}" for argument in _arguments(node.args)}
        bound: Scope = {**self._numbered(_bound_by(node.body, parameters)), **_imports_of(node.body, self.module), **parameters}
        with self._scope(bound):
            return f"{head},{self.of(without_docstring(node.body))})"

    def _lambda(self, node: ast.Lambda) -> str:
        arguments = _arguments(node.args)
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
        with self._scope(self._numbered(_stored(one.target for one in node.generators))):
            for number, one in enumerate(node.generators):
                parts += [self.of(one.target), self.of(one.iter) if number else "", self.of(one.ifs), str(one.is_async)]
            parts += [self.of(node.key), self.of(node.value)] if isinstance(node, ast.DictComp) else [self.of(node.elt)]
        return f"{parts[0]}({','.join(parts[1:])})"

    def _class(self, node: ast.ClassDef, name: str) -> str:
        head = f"ClassDef({name},{self.of(node.decorator_list)},{self.of(node.bases)},{self.of(node.keywords)}"
        own = {target: f".{target}" for target in _bound_by(node.body, {})}
        with self._scope(own, is_class=True):
            return f"{head},[{','.join(self._member(item) for item in without_docstring(node.body))}])"

    def _member(self, item: ast.stmt) -> str:
        if not isinstance(item, ast.AnnAssign):
            return self.of(item)
        hint = ast.dump(item.annotation)
        counts = f":{hint}" if any(word in hint for word in _HINTS_THAT_COUNT) else ""
        return f"{self.of(item.target)}{counts}={self.of(item.value)}"

    def _numbered(self, names: list[str]) -> Scope:
        found: Scope = {}
        for name in names:
            found[name] = f"%{self._count}"
            self._count += 1
        return found


def without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0]
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    return (body[1:] or [ast.Pass()]) if is_text else body


def _arguments(arguments: ast.arguments) -> list[ast.arg]:
    return [node for node in ast.walk(arguments) if isinstance(node, ast.arg)]


def _own_nodes(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Nodes of a function's own scope, in the order of the text; a nested definition is one node."""
    waiting: list[ast.AST] = list(reversed(body))
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, *Comprehension.__args__)):
            inner = [one.target for one in ast.walk(node) if isinstance(one, ast.NamedExpr)] if isinstance(node, Comprehension) else []
            waiting.extend(inner)
            continue
        waiting.extend(reversed(list(ast.iter_child_nodes(node))))


def _bound_by(body: list[ast.stmt], parameters: Mapping[str, str]) -> list[str]:
    """Names that a function's statements bind, by first appearance; not those that it declares to be another scope's."""
    bound: dict[str, None] = {}
    elsewhere: set[str] = set()
    for node in _own_nodes(body):
        if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            bound[node.id] = None
        elif isinstance(node, _NAMING) and node.name:
            bound[node.name] = None
        elif isinstance(node, ast.MatchMapping) and node.rest:
            bound[node.rest] = None
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            elsewhere.update(node.names)
    return [name for name in bound if name not in elsewhere and name not in parameters]


def _imports_of(body: list[ast.stmt], module: str) -> dict[str, Target]:
    found: dict[str, Target] = {}
    for node in _own_nodes(body):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            found.update(imported(node, module))
    return found


def _stored(targets: Iterator[ast.expr]) -> list[str]:
    return list(dict.fromkeys(node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)))
