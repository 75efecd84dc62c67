"""The part of Python that code which decides a number may be written in: pure functions, frozen data, allowed imports.

All else is refused when the project loads, with file and line and the way to write it instead. See docs/recompute.md.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache

from wrapped_assets.contracts.errors import DeclarationError
from wrapped_assets.planning.allowed import ALL, BUILTINS, imports_from, refused_attribute
from wrapped_assets.planning.definitions import without_docstring
from wrapped_assets.planning.loaded import path_of
from wrapped_assets.planning.names import Definition, Library, Place, bound_in, definition_of, found, imported, targets_of, tree_of

_STATEMENTS = (
    ast.Return, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.For, ast.While, ast.If, ast.Expr, ast.Pass, ast.Break, ast.Continue,
    ast.Raise, ast.FunctionDef,
)  # fmt: skip
_INSTEAD = {
    ast.Import: "import at the top of the module", ast.ImportFrom: "import at the top of the module",
    ast.Global: "return the value", ast.Nonlocal: "return the value", ast.ClassDef: "define classes at the top of the module",
    ast.Try: "test for the case before it happens", ast.With: "let the asset read a table, or pass the value as a parameter",
    ast.Assert: "raise an error: `python -O` leaves assertions out", ast.Delete: "let the name go out of use",
    ast.AsyncFunctionDef: "write a plain function", ast.Match: "write `if`",
}  # fmt: skip
_EXPRESSIONS_REFUSED = (ast.Await, ast.YieldFrom)
_DECORATORS = frozenset({"functools.cache", "functools.lru_cache", "functools.wraps"})
_OF_METHODS = frozenset({"builtins.property", "builtins.classmethod", "builtins.staticmethod"})
_OF_CLASSES = frozenset({"dataclasses.dataclass", "functools.total_ordering", "enum.unique"})
_BASES = frozenset({f"enum.{name}" for name in ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag")}) | {
    "typing.NamedTuple", "typing.Protocol", "builtins.int", "builtins.float", "builtins.str", "builtins.tuple", "builtins.bytes",
}  # fmt: skip
_METHODS_REFUSED = frozenset(
    {"__getattr__", "__getattribute__", "__setattr__", "__delattr__", "__init_subclass__", "__class_getitem__", "__del__"}
)
_FIRST_ROOMS = ("vocabulary", "kernels", "contracts", "catalogue", "listens", "aggregates", "insights", "playlists")


def check_module(module: str) -> None:
    """DeclarationError at the first thing in a module's text that does not belong to the subset."""
    _Checker(module).module_()


def check_patches_nothing(module: str) -> None:
    """DeclarationError where a module that decides no number changes what those use: a library's or another module's things."""
    checker = _Checker(module)
    nodes = list(ast.walk(tree_of(module)))
    local = {node.arg for node in nodes if isinstance(node, ast.arg)}
    local |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in nodes:
        targets = node.targets if isinstance(node, (ast.Assign, ast.Delete)) else [node.target] if isinstance(node, ast.AugAssign) else []
        for target in targets:
            if isinstance(target, (ast.Attribute, ast.Subscript)) and checker.is_imported(target, local):
                raise checker.refused(node, f"an assignment to {ast.unparse(target)!r}, which other modules use,", "pass the value")
        if isinstance(node, ast.Attribute) and node.attr.startswith("register_") and node.attr.endswith("_namespace"):
            raise checker.refused(node, f"{node.attr}(), which gives expressions another meaning,", "write a function of an expression")
        if isinstance(node, ast.Attribute) and node.attr == "__dict__" and checker.is_imported(node, local):
            raise checker.refused(node, f"{ast.unparse(node)!r}, by which others' names can be changed,", "name what is meant")
        is_setting = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("setattr", "delattr")
        if is_setting and node.args and checker.is_imported(node.args[0], local):
            raise checker.refused(node, f"{ast.unparse(node)[:60]!r}, by which others' names can be changed,", "name what is meant")


@cache
def check_definition(place: Place) -> None:
    """The same of one definition, of a module that is not held to the subset as a whole."""
    node = definition_of(place)
    assert node is not None
    _Checker(place.module).definition(node)


class _Checker:
    def __init__(self, module: str) -> None:
        self.module = module

    def refused(self, node: ast.AST, what: str, instead: str) -> DeclarationError:
        place = f"{self.module.replace('.', '/')}.py"
        if (path_of(self.module) or "").endswith("__init__.py"):
            place = f"{self.module.replace('.', '/')}/__init__.py"
        return DeclarationError(f"{place}:{getattr(node, 'lineno', 1)}: {what} cannot stand in code that decides a number; {instead}")

    def is_imported(self, node: ast.expr, local: set[str]) -> bool:
        """Whether a chain of attributes starts with something that another module or a library defines."""
        while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
            is_vars = isinstance(node, ast.Call) and ast.unparse(node.func) == "vars" and node.args
            if isinstance(node, ast.Call) and not is_vars:
                return False
            node = node.args[0] if isinstance(node, ast.Call) else node.value
        if not isinstance(node, ast.Name) or node.id in local or node.id not in bound_in(self.module):
            return False
        target = found(self.module, node.id)
        return not isinstance(target, Place) or target.module != self.module

    def module_(self) -> None:
        seen: dict[str, int] = {}
        for statement in without_docstring(tree_of(self.module).body or [ast.Pass()]):
            if isinstance(statement, ast.If) and ast.unparse(statement.test) == "TYPE_CHECKING":
                continue
            for name in self._names(statement):
                if name in seen:
                    what = f"a second meaning of the name {name!r} (the first is on line {seen[name]})"
                    raise self.refused(statement, what, "give each its own name")
                seen[name] = statement.lineno
            self.definition(statement)

    def _names(self, statement: ast.stmt) -> list[str]:
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            return [statement.name]
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            return list(imported(statement, self.module))
        return targets_of(statement) if isinstance(statement, (ast.Assign, ast.AnnAssign)) else []

    def definition(self, node: ast.stmt | Definition) -> None:
        """A statement at the top of a module."""
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            self._import(node)
        elif isinstance(node, ast.FunctionDef):
            self._function(node, _DECORATORS)
        elif isinstance(node, ast.ClassDef):
            self._class(node)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if not all(isinstance(one, (ast.Name, ast.Tuple, ast.Starred, ast.Store)) for one in ast.walk(target)):
                    raise self.refused(node, f"an assignment to {ast.unparse(target)!r}", "make the value whole where it is defined")
            if node.value is not None:
                self._expression(node.value)
        elif isinstance(node, ast.Expr) and ast.unparse(node) == "zoneinfo.reset_tzpath(to=())":
            pass  # the pinned tzdata package decides: the one statement that may change a library, and always in the same way
        elif isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            pass
        else:
            text = ast.unparse(node).splitlines()[0][:60]
            raise self.refused(node, f"{text!r} at the top of a module", "define constants, functions and classes")

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias, (local, target) in zip(node.names, imported(node, self.module).items(), strict=False):
            if alias.name == "*":
                raise self.refused(node, "`import *`", "import each name")
            if isinstance(target, Library):
                module, _, name = (alias.name, "", "*") if isinstance(node, ast.Import) else (node.module or "", "", alias.name)
                names = imports_from(module)
                if isinstance(node, ast.Import) and names and (alias.asname or "." not in module):
                    continue
                if not names or (names != ALL and name not in names) or refused_attribute(name):
                    what = f"the import of {module if name == '*' else f'{module}.{name}'}"
                    raise self.refused(node, what, "use what docs/recompute.md allows")
            elif isinstance(target, Place) and found(self.module, local) is None:
                raise self.refused(node, f"an import of {alias.name!r}, which {target.module} does not define,", "import what is defined")
            else:
                room = target.module.split(".")
                if len(room) > 2 and room[0] == "wrapped_assets" and room[1] not in _FIRST_ROOMS:
                    raise self.refused(node, f"an import from {target.module}", "use kernels, vocabulary, or pass the value as a parameter")

    def _function(self, node: ast.FunctionDef, decorators: frozenset[str]) -> None:
        for one in node.decorator_list:
            function = one.func if isinstance(one, ast.Call) else one
            target = found(self.module, function.id) if isinstance(function, ast.Name) else None
            known = self._known(function)
            if not isinstance(target, Place) and known not in decorators:
                raise self.refused(one, f"the decorator {ast.unparse(function)!r}", "call the function that it would call")
            if known in ("functools.cache", "functools.lru_cache") and not _returns_frozen(node):
                what = f"the decorator {ast.unparse(function)!r} of a function that may return a list"
                raise self.refused(one, what, "return a tuple: what is kept is shared")
            self._expression(one)
        for default in [*node.args.defaults, *filter(None, node.args.kw_defaults)]:
            self._expression(default)
        self._body(node.body)

    def _class(self, node: ast.ClassDef) -> None:
        decorators = [one.func if isinstance(one, ast.Call) else one for one in node.decorator_list]
        names = {self._known(one) for one in decorators}
        if names - _OF_CLASSES or node.keywords:
            what = f"the class {node.name} with another decorator or a metaclass"
            raise self.refused(node, what, "write a frozen dataclass or an enumeration")
        if "dataclasses.dataclass" in names and not any("frozen=True" in ast.unparse(one) for one in node.decorator_list):
            raise self.refused(node, f"the dataclass {node.name}, which can change,", "write @dataclass(frozen=True)")
        for base in node.bases:
            target = found(self.module, base.id) if isinstance(base, ast.Name) else None
            if not isinstance(target, Place) and self._known(base) not in _BASES:
                raise self.refused(node, f"the class {node.name} of {ast.unparse(base)}", "write a frozen dataclass or an enumeration")
        for item in without_docstring(node.body):
            if isinstance(item, ast.FunctionDef):
                if item.name in _METHODS_REFUSED:
                    raise self.refused(item, f"the method {item.name}", "write a method of a name of its own")
                self._function(item, _OF_METHODS)
            elif isinstance(item, (ast.Assign, ast.AnnAssign)):
                self.definition(item)
            elif not isinstance(item, ast.Pass):
                raise self.refused(item, f"{ast.unparse(item)[:40]!r} in a class", "define fields and methods")

    def _known(self, node: ast.expr) -> str:
        target = found(self.module, node.id) if isinstance(node, ast.Name) else None
        return target.name if isinstance(target, Library) else self._dotted(node)

    def _dotted(self, node: ast.expr) -> str:
        """`enum.Enum` where `enum` is the library."""
        text = ast.unparse(node)
        root = found(self.module, text.partition(".")[0])
        return f"{root.name}.{text.partition('.')[2]}" if isinstance(root, Library) else ""

    def _body(self, body: list[ast.stmt]) -> None:
        for statement in without_docstring(body):
            if not isinstance(statement, _STATEMENTS):
                instead = _INSTEAD.get(type(statement), "write it as a plain function of its parameters")
                raise self.refused(statement, f"the statement {ast.unparse(statement).splitlines()[0][:60]!r}", instead)
            if isinstance(statement, ast.FunctionDef):
                self._function(statement, _DECORATORS)
                continue
            for child in ast.iter_child_nodes(statement):
                if isinstance(child, ast.stmt):
                    continue
                if not (isinstance(statement, ast.AnnAssign) and child is statement.annotation):
                    self._expression(child)
            for inner in ("body", "orelse"):
                if nested := getattr(statement, inner, None):
                    self._body([ast.Pass(), *nested])

    def _expression(self, tree: ast.AST) -> None:
        for node in _without_hints(tree):
            if isinstance(node, _EXPRESSIONS_REFUSED):
                raise self.refused(node, ast.unparse(node), "write a plain function")
            if isinstance(node, ast.Attribute):
                self._attribute(node)
            elif isinstance(node, ast.Name):
                self._name(node)
            elif isinstance(node, ast.Call):
                self._call(node)
            elif isinstance(node, ast.Constant) and node.value in ("now", "today") and isinstance(node.value, str):
                raise self.refused(node, f"the text {node.value!r}, which NumPy reads as the clock,", "pass the time as a parameter")

    def _attribute(self, node: ast.Attribute) -> None:
        if not isinstance(node.ctx, ast.Load):
            raise self.refused(node, f"an assignment to {ast.unparse(node)!r}", "make a new value (dataclasses.replace)")
        if why := refused_attribute(node.attr):
            raise self.refused(node, f"the attribute {node.attr!r}", why)
        if node.attr.startswith("_") and not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls", "other")):
            raise self.refused(node, f"the private attribute {node.attr!r}", "use what is public")

    def _name(self, node: ast.Name) -> None:
        if node.id.startswith("__"):
            raise self.refused(node, f"the name {node.id!r}", "write the value itself")
        target = found(self.module, node.id)
        if isinstance(target, Library) and target.name == f"builtins.{node.id}" and node.id not in BUILTINS:
            raise self.refused(node, f"{node.id}()", "name the function or the constant directly, or pass the value as a parameter")

    def _call(self, node: ast.Call) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        keywords = {one.arg for one in node.keywords}
        if name in ("sample", "shuffle") and "seed" not in keywords:
            raise self.refused(node, f"{name}() without a seed", "give `seed=`")
        if name == "astimezone" and not node.args and not keywords:
            raise self.refused(node, "astimezone() by the machine's own time zone", "name the time zone")


def _returns_frozen(node: ast.FunctionDef) -> bool:
    """Whether what a kept function returns is visibly a tuple, a truth or a number."""
    own = [one for one in ast.walk(node) if isinstance(one, ast.Return)]
    calls = ("tuple", "frozenset", "str", "int", "float", "bool", "len", "sum")
    return bool(own) and all(
        isinstance(one.value, (ast.Tuple, ast.Compare, ast.Constant, ast.JoinedStr, ast.BinOp, ast.BoolOp, ast.UnaryOp))
        or (isinstance(one.value, ast.Call) and isinstance(one.value.func, ast.Name) and one.value.func.id in calls)
        for one in own
    )


def _without_hints(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but those of type hints."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(child for name, child in _children(node) if name not in ("annotation", "returns"))


def _children(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield name, child
