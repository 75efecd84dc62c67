"""Imports modules with declarations and turns a failed import into an error with file, line, column and remedy."""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from types import ModuleType

from wrapped_assets.contracts.errors import DeclarationError, WrappedError
from wrapped_assets.contracts.places import raised_at, shown_path

DICTIONARY = "wrapped_assets.vocabulary.columns"
DECORATORS = "wrapped_assets.contracts.kinds"


def loaded(name: str) -> ModuleType:
    """Imports the module. DeclarationError if the import fails for any reason."""
    try:
        return importlib.import_module(name)
    except WrappedError:
        raise
    except (Exception, SystemExit) as error:
        raise DeclarationError(_described(name, error)) from error


def _described(name: str, error: BaseException) -> str:
    """The message for a failed import. It may quote the error, because no listener's data is loaded while modules are imported."""
    path = _path_of(name)
    place = raised_at(error, path) or (f"{shown_path(path)}:1" if path else name)
    return f"{place}: {'; '.join(_parts(error))}"


def _path_of(name: str) -> str:
    try:
        spec = find_spec(name)
    except Exception:  # noqa: BLE001 (a package above it that fails, too)
        return ""
    return spec.origin or "" if spec else ""


def _parts(error: BaseException) -> Iterator[str]:
    if isinstance(error, AttributeError) and getattr(error.obj, "__name__", "") == DICTIONARY:
        yield f"the dictionary of columns has no {error.name!r}"
        if guess := _similar(str(error.name), [name for name in vars(error.obj) if name.islower() and not name.startswith("_")]):
            yield f"did you mean {guess!r}?"
        yield "use a column of vocabulary/columns.py, or add it there with its meaning, unit and privacy class"
        return
    said = re.sub(r" \(/[^)]*\)", "", str(getattr(error, "msg", None) or error))  # where a module lies on this machine
    yield f"this file cannot be imported: {type(error).__name__}" + (f": {said}" if said else "")
    call = re.match(r"(\w+)\(\) (?:got an unexpected keyword|missing|takes)", str(error)) if isinstance(error, TypeError) else None
    if call and (usage := _usage(call[1])):
        yield usage
    elif isinstance(error, ModuleNotFoundError) and error.name:
        yield f"correct the name {error.name!r}, or add the library to pyproject.toml and run `./start`"
    elif isinstance(error, ImportError):
        yield "import a name that the module has"
    elif isinstance(error, UnicodeDecodeError) or "null bytes" in said:
        yield "save the file as text in UTF-8"
    elif isinstance(error, SyntaxError):
        yield "correct the syntax"
    else:
        yield "correct that line"


def _similar(name: str, known: list[str]) -> str:
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, known, 1)), "")


def _usage(decorator: str) -> str:
    """The keywords that a decorator takes, as text; empty if the name is not a decorator."""
    function = getattr(sys.modules.get(DECORATORS), decorator, None)
    if not inspect.isfunction(function):
        return ""
    parameters = inspect.signature(function).parameters.values()
    needed = [each.name for each in parameters if each.default is each.empty]
    optional = [each.name for each in parameters if each.default is not each.empty]
    return f"@{decorator} needs {', '.join(needed)}" + (f", and may have {', '.join(optional)}" if optional else "")
