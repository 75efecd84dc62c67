"""Edits of one function's text, found by its syntax tree."""

from __future__ import annotations

import ast
import random
import re


def functions_of(text: str) -> list[ast.FunctionDef]:
    """The functions at the top of a module."""
    return [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]


def function_of(text: str, name: str) -> ast.FunctionDef:
    return next(node for node in functions_of(text) if node.name == name)


def public_names(text: str) -> list[str]:
    """What other modules may import of a module."""
    found: list[str] = []
    for node in ast.parse(text).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.append(node.name)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found.extend(one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name))
    return [name for name in found if not name.startswith("_")]


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _first_statement(function: ast.FunctionDef) -> ast.stmt:
    """The first after the docstring."""
    return function.body[1] if ast.get_docstring(function) is not None and len(function.body) > 1 else function.body[0]


def with_line_at_start(text: str, name: str, line: str) -> str:
    """The function with one more line before its first statement."""
    lines = _lines(text)
    lines.insert(_first_statement(function_of(text, name)).lineno - 1, f"    {line}\n")
    return "".join(lines)


def with_docstring_sentence(text: str, name: str, sentence: str) -> str:
    """The function with one more sentence in its docstring."""
    first = function_of(text, name).body[0]
    lines = _lines(text)
    before, quotes, after = lines[first.end_lineno - 1].rpartition('"""')
    lines[first.end_lineno - 1] = f"{before} {sentence}{quotes}{after}"
    return "".join(lines)


def with_result(text: str, name: str, pattern: str) -> str:
    """The function with its last `return X` rewritten; `{}` in the pattern stands for X."""
    returns = [node for node in function_of(text, name).body if isinstance(node, ast.Return) and node.value is not None]
    value = ast.get_source_segment(text, returns[-1].value)
    lines = _lines(text)
    new = "".join(f"    {line}\n" for line in pattern.format(f"({value})").splitlines())
    lines[returns[-1].lineno - 1 : returns[-1].end_lineno] = [new]
    return "".join(lines)


def with_renamed_local(text: str, name: str, choice: random.Random) -> str | None:
    """The module with one local variable of the function renamed; None where it has none."""
    tree = ast.parse(text)
    function = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name)
    inner = {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
    stored = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)} - inner
    if not stored:
        return None
    old = choice.choice(sorted(stored))
    new = f"{old}_{choice.randrange(1000)}"
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id == old:
            node.id = new
    return f"{ast.unparse(tree)}\n"


def with_functions_swapped(text: str) -> str | None:
    """The module with its last function before the one above it; None where a decorator or a third thing would move too."""
    found = functions_of(text)
    if len(found) < 2 or found[-1].decorator_list or found[-2].decorator_list:
        return None
    above, below = found[-2:]
    lines = _lines(text)
    parts = lines[: above.lineno - 1], lines[above.lineno - 1 : above.end_lineno], lines[above.end_lineno : below.lineno - 1]
    rest = lines[below.lineno - 1 : below.end_lineno], lines[below.end_lineno :]
    between = ast.parse("".join(parts[2])).body
    return None if between else "".join([*parts[0], *rest[0], *parts[2], *parts[1], *rest[1]])


def reformatted(text: str) -> str:
    """The same tree as another text, without comments."""
    return f"{ast.unparse(ast.parse(text))}\n"


def declared_columns(text: str, name: str) -> list[str]:
    """The columns that an asset's declaration gives beside its grain."""
    for decorator in function_of(text, name).decorator_list:
        for keyword in getattr(decorator, "keywords", []):
            if keyword.arg == "columns":
                return re.findall(r"\bc\.(\w+)", ast.unparse(keyword.value))
    return []


def with_declared_column(text: str, name: str, column: str) -> str:
    """The declaration with one more column."""
    for decorator in function_of(text, name).decorator_list:
        for keyword in getattr(decorator, "keywords", []):
            if keyword.arg == "columns":
                lines = _lines(text)
                place = keyword.value.lineno - 1, keyword.value.col_offset + 1
                line = lines[place[0]]
                lines[place[0]] = f"{line[: place[1]]}c.{column}, {line[place[1] :]}"
                return "".join(lines)
    raise ValueError(f"{name} declares no columns")
