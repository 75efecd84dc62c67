"""The part of Python that code which decides a number may be written in: pure functions, frozen data, allowed imports.

All else is refused when the project loads, with file and line and the way to write it instead. See docs/recompute.md.
"""

from __future__ import annotations

import ast
from functools import cache

from wrapped_assets.planning.addresses import check_addresses
from wrapped_assets.planning.expressions import check_expression, refused, returns_frozen, without_hints
from wrapped_assets.planning.imports import check_import
from wrapped_assets.planning.names import Definition, Library, Place, definition_of, found, imported, targets_of, tree_of
from wrapped_assets.planning.orders import check_orders
from wrapped_assets.planning.scopes import without_docstring
from wrapped_assets.planning.sets import check_sets
from wrapped_assets.planning.tops import check_binds_nothing_else, check_hides_no_module, check_name

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
_DECORATORS = frozenset({"functools.cache", "functools.lru_cache", "functools.wraps"})
_OF_METHODS = frozenset({"builtins.property", "builtins.classmethod", "builtins.staticmethod"})
_OF_CLASSES = frozenset({"dataclasses.dataclass", "functools.total_ordering", "enum.unique"})
_BASES = frozenset({f"enum.{name}" for name in ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag")}) | {
    "typing.NamedTuple", "typing.Protocol", "builtins.int", "builtins.float", "builtins.str", "builtins.tuple", "builtins.bytes",
}  # fmt: skip
_METHODS_REFUSED = frozenset(
    {"__getattr__", "__getattribute__", "__setattr__", "__delattr__", "__init_subclass__", "__class_getitem__", "__del__"}
)


def check_module(module: str) -> None:
    """DeclarationError at the first thing in a module's text that does not belong to the subset."""
    _Checker(module).module_()


@cache
def check_definition(place: Place) -> None:
    """The same of one definition, of a module that is not held to the subset as a whole."""
    node = definition_of(place)
    assert node is not None
    _Checker(place.module).whole(node)


class _Checker:
    def __init__(self, module: str) -> None:
        self.module = module

    def module_(self) -> None:
        check_hides_no_module(self.module)
        seen: dict[str, int] = {}
        for statement in without_docstring(tree_of(self.module).body or [ast.Pass()]):
            is_for_type_checkers = self._is_for_type_checkers(statement)
            for name in self._names(statement):
                check_name(self.module, statement, name)
                if name in seen:
                    what = f"a second meaning of the name {name!r} (the first is on line {seen[name]})"
                    raise refused(self.module, statement, what, "give each its own name")
                seen[name] = statement.lineno
            if not is_for_type_checkers:
                self.whole(statement)

    def _is_for_type_checkers(self, statement: ast.stmt) -> bool:
        if not isinstance(statement, ast.If) or statement.orelse or not isinstance(statement.test, ast.Name):
            return False
        only_imports = all(isinstance(one, (ast.Import, ast.ImportFrom)) for one in statement.body)
        return only_imports and found(self.module, statement.test.id) == Library("typing.TYPE_CHECKING")

    def _names(self, statement: ast.stmt) -> list[str]:
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            return [statement.name]
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            return list(imported(statement, self.module))
        if isinstance(statement, ast.If):
            return [name for one in statement.body for name in self._names(one)]
        return targets_of(statement) if isinstance(statement, (ast.Assign, ast.AnnAssign)) else []

    def whole(self, node: ast.stmt | Definition) -> None:
        """A statement at the top of a module, and what its values may depend on."""
        self.definition(node)
        nodes = list(without_hints(node))
        check_sets(self.module, node, nodes)
        check_addresses(self.module, nodes)
        check_orders(self.module, nodes)

    def definition(self, node: ast.stmt | Definition) -> None:
        """A statement at the top of a module."""
        check_binds_nothing_else(self.module, node)
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            check_import(self.module, node)
        elif isinstance(node, ast.FunctionDef):
            self._function(node, _DECORATORS)
        elif isinstance(node, ast.ClassDef):
            self._class(node)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if not all(isinstance(one, (ast.Name, ast.Tuple, ast.Starred, ast.Store)) for one in ast.walk(target)):
                    what = f"an assignment to {ast.unparse(target)!r}"
                    raise refused(self.module, node, what, "make the value whole where it is defined")
            if node.value is not None:
                check_expression(self.module, node.value)
        elif isinstance(node, ast.Expr) and ast.unparse(node) == "zoneinfo.reset_tzpath(to=())":
            pass  # the pinned tzdata package decides: the one statement that may change a library, and always in the same way
        elif isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            pass
        else:
            text = ast.unparse(node).splitlines()[0][:60]
            raise refused(self.module, node, f"{text!r} at the top of a module", "define constants, functions and classes")

    def _function(self, node: ast.FunctionDef, decorators: frozenset[str]) -> None:
        for one in node.decorator_list:
            function = one.func if isinstance(one, ast.Call) else one
            target = found(self.module, function.id) if isinstance(function, ast.Name) else None
            known = self._known(function)
            if not isinstance(target, Place) and known not in decorators:
                raise refused(self.module, one, f"the decorator {ast.unparse(function)!r}", "call the function that it would call")
            if known in ("functools.cache", "functools.lru_cache") and not returns_frozen(node):
                what = f"the decorator {ast.unparse(function)!r} of a function that may return a list"
                raise refused(self.module, one, what, "return a tuple: what is kept is shared")
            check_expression(self.module, one)
        for default in [*node.args.defaults, *filter(None, node.args.kw_defaults)]:
            check_expression(self.module, default)
        self._body(node.body)

    def _class(self, node: ast.ClassDef) -> None:
        decorators = [one.func if isinstance(one, ast.Call) else one for one in node.decorator_list]
        names = {self._known(one) for one in decorators}
        if names - _OF_CLASSES or node.keywords:
            what = f"the class {node.name} with another decorator or a metaclass"
            raise refused(self.module, node, what, "write a frozen dataclass or an enumeration")
        if "dataclasses.dataclass" in names and not any("frozen=True" in ast.unparse(one) for one in node.decorator_list):
            raise refused(self.module, node, f"the dataclass {node.name}, which can change,", "write @dataclass(frozen=True)")
        for base in node.bases:
            target = found(self.module, base.id) if isinstance(base, ast.Name) else None
            if not isinstance(target, Place) and self._known(base) not in _BASES:
                what = f"the class {node.name} of {ast.unparse(base)}"
                raise refused(self.module, node, what, "write a frozen dataclass or an enumeration")
        for item in without_docstring(node.body):
            if isinstance(item, ast.FunctionDef):
                if item.name in _METHODS_REFUSED:
                    raise refused(self.module, item, f"the method {item.name}", "write a method of a name of its own")
                self._function(item, _OF_METHODS)
            elif isinstance(item, (ast.Assign, ast.AnnAssign)):
                self.definition(item)
            elif not isinstance(item, ast.Pass):
                raise refused(self.module, item, f"{ast.unparse(item)[:40]!r} in a class", "define fields and methods")

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
                raise refused(self.module, statement, f"the statement {ast.unparse(statement).splitlines()[0][:60]!r}", instead)
            if isinstance(statement, ast.FunctionDef):
                self._function(statement, _DECORATORS)
                continue
            for child in ast.iter_child_nodes(statement):
                if isinstance(child, ast.stmt):
                    continue
                if not (isinstance(statement, ast.AnnAssign) and child is statement.annotation):
                    check_expression(self.module, child)
            for inner in ("body", "orelse"):
                if nested := getattr(statement, inner, None):
                    self._body([ast.Pass(), *nested])
