"""Where code that decides a number may use a set: where the order of the set cannot matter.

The order of a set of texts differs from process to process, and no fingerprint can tell. So a set may be asked, compared, counted and
sorted, under a name of its own. It may not be passed on, returned or put into something else, where nobody sees that it is a set.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import cache

from wrapped_assets.planning.expressions import refused
from wrapped_assets.planning.names import Library, Place, Whole, bound_in, definition_of, found
from wrapped_assets.planning.trees import nodes_of

_MAKERS = frozenset({"builtins.set", "builtins.frozenset"})
_OPERATORS = (ast.BitOr, ast.BitAnd, ast.Sub, ast.BitXor)
_ASKS = frozenset({"isdisjoint", "issubset", "issuperset"})
_MAKES = frozenset({"union", "intersection", "difference", "symmetric_difference", "copy"})
_CHANGES = frozenset(
    {"add", "discard", "remove", "clear", "update", "intersection_update", "difference_update", "symmetric_difference_update"}
)
_TAKE_A_SET = _MAKERS | {f"builtins.{name}" for name in ("len", "bool", "sorted", "min", "max", "any", "all")}
_VIEWS = frozenset({"keys", "items"})
_TAKE_A_VIEW = _TAKE_A_SET | {
    f"builtins.{name}" for name in ("list", "tuple", "dict", "sum", "zip", "enumerate", "map", "filter", "reversed", "iter", "str")
}
_WRITE = "write sorted(…) of it, or a tuple: a set's order differs from process to process"


def check_sets(module: str, statement: ast.AST, nodes: Sequence[ast.AST]) -> None:
    """DeclarationError at the first set among a definition's `nodes` whose order could reach a number."""
    if any(_may_be_set(module, node) for node in nodes):
        _Sets(module, statement).check(nodes)


def _may_be_set(module: str, node: ast.AST) -> bool:
    if isinstance(node, ast.Name):
        return node.id in ("set", "frozenset") or is_set(module, node.id)
    if isinstance(node, ast.Attribute):
        return node.attr in _VIEWS or _is_theirs(module, node)
    return isinstance(node, (ast.Set, ast.SetComp))


def _is_theirs(module: str, node: ast.Attribute) -> bool:
    """Whether an attribute of a module of ours is a set."""
    owner = found(module, node.value.id) if isinstance(node.value, ast.Name) else None
    return isinstance(owner, Whole) and node.attr in bound_in(owner.module) and is_set(owner.module, node.attr)


@cache
def is_set(module: str, name: str) -> bool:
    """Whether a name at the top of a module is shown to be a set."""
    target = found(module, name)
    known = definition_of(target) if isinstance(target, Place) else None
    if not isinstance(known, (ast.Assign, ast.AnnAssign)) or known.value is None or not isinstance(target, Place):
        return False
    return _Sets(target.module, known).makes_set(known.value)


class _Sets:
    """The sets of one definition: names that stand for one, and expressions that make one."""

    def __init__(self, module: str, statement: ast.AST) -> None:
        self.module, self.statement = module, statement
        self.parents = {id(child): node for node in nodes_of(statement) for child in ast.iter_child_nodes(node)}
        self.names: set[str] = set()
        while new := self._named() - self.names:
            self.names |= new

    def check(self, nodes: Sequence[ast.AST]) -> None:
        for node in nodes:
            if isinstance(node, ast.expr) and self.makes_set(node) and not self._is_fine(node):
                raise refused(self.module, node, f"the set {ast.unparse(node)[:60]!r} where its order may count", _WRITE)
            if isinstance(node, ast.Name) and self._library(node) in _MAKERS and not self._is_maker_in_its_place(node):
                raise refused(self.module, node, f"{node.id} as a value", _WRITE)
            if self._is_view(node) and not self._is_view_in_its_place(node):
                raise refused(self.module, node, f"{ast.unparse(node)[:60]!r}, which may make a set elsewhere,", "write list(…) of it")

    def makes_set(self, node: ast.AST) -> bool:
        """Whether an expression is shown to be a set."""
        if isinstance(node, (ast.Set, ast.SetComp)):
            return True
        if isinstance(node, ast.Name):
            return isinstance(node.ctx, ast.Load) and (node.id in self.names or self._is_constant(node))
        if isinstance(node, ast.Attribute):
            return self._is_constant(node)
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                return node.func.attr in _MAKES and self.makes_set(node.func.value)
            return self._library(node.func) in _MAKERS
        if isinstance(node, ast.BinOp):
            sides = (node.left, node.right)
            return isinstance(node.op, _OPERATORS) and any(self.makes_set(side) or self._is_view(side) for side in sides)
        if isinstance(node, ast.BoolOp):
            return any(self.makes_set(value) for value in node.values)
        if isinstance(node, ast.IfExp):
            return self.makes_set(node.body) or self.makes_set(node.orelse)
        return isinstance(node, ast.NamedExpr) and self.makes_set(node.value)

    def _named(self) -> set[str]:
        """Names to which the definition gives a set anywhere."""
        found: set[str] = set()
        for node in nodes_of(self.statement):
            if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.NamedExpr)) and node.value and self.makes_set(node.value):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                found.update(target.id for target in targets if isinstance(target, ast.Name))
        return found

    def _is_constant(self, node: ast.Name | ast.Attribute) -> bool:
        """Whether this names a set at the top of a module of ours."""
        if isinstance(node, ast.Name):
            here = bound_in(self.module).get(node.id)
            return here is not None and here is not self.statement and is_set(self.module, node.id)
        return _is_theirs(self.module, node)

    def _library(self, node: ast.AST) -> str | None:
        target = found(self.module, node.id) if isinstance(node, ast.Name) else None
        return target.name if isinstance(target, Library) else None

    def _is_fine(self, node: ast.expr) -> bool:
        """Whether the order of the set does not matter where it stands."""
        above = self.parents.get(id(node))
        if isinstance(above, ast.expr) and self.makes_set(above):  # which is looked at itself
            return not isinstance(above, (ast.Set, ast.SetComp))
        if isinstance(above, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            targets = above.targets if isinstance(above, ast.Assign) else [above.target]
            in_class = isinstance(self.parents.get(id(above)), ast.ClassDef)
            return not in_class and all(isinstance(target, ast.Name) for target in targets)
        if isinstance(above, (ast.Compare, ast.Expr)) or (isinstance(above, ast.UnaryOp) and isinstance(above.op, ast.Not)):
            return True
        if isinstance(above, (ast.If, ast.While, ast.IfExp)):
            return above.test is node
        if isinstance(above, ast.comprehension):
            return above.iter is not node
        if isinstance(above, ast.Attribute):
            return self._is_asked(above)
        return isinstance(above, ast.Call) and self._takes(above, node)

    def _takes(self, call: ast.Call, node: ast.expr) -> bool:
        """Whether a call takes a set and gives the same for any order of it."""
        if isinstance(call.func, ast.Attribute):
            return call.func.attr in _ASKS | _CHANGES and self.makes_set(call.func.value)
        is_plain = len(call.args) == 1 and call.args[0] is node and all(one.arg in ("reverse", "default") for one in call.keywords)
        return is_plain and self._library(call.func) in _TAKE_A_SET

    def _is_asked(self, method: ast.Attribute) -> bool:
        call = self.parents.get(id(method))
        if not isinstance(call, ast.Call) or call.func is not method:
            return False
        return method.attr in _ASKS | _MAKES | _CHANGES

    def _is_maker_in_its_place(self, node: ast.Name) -> bool:
        above = self.parents.get(id(node))
        if isinstance(above, ast.Tuple):
            node, above = above, self.parents.get(id(above))  # type: ignore[assignment]
        if not isinstance(above, ast.Call):
            return False
        return above.func is node or (self._library(above.func) == "builtins.isinstance" and node in above.args[1:])

    def _is_view(self, node: ast.AST) -> bool:
        return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _VIEWS

    def _is_view_in_its_place(self, node: ast.AST) -> bool:
        above = self.parents.get(id(node))
        if isinstance(above, (ast.Compare, ast.Starred, ast.Expr)) or (isinstance(above, ast.expr) and self.makes_set(above)):
            return True
        if isinstance(above, (ast.For, ast.comprehension)):
            return above.iter is node
        return isinstance(above, ast.Call) and node in above.args and self._library(above.func) in _TAKE_A_VIEW
