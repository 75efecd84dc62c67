"""The sources that this process runs: every module's text as it was when the module was loaded.

A fingerprint must cover the code that computes, not the file that somebody saved a second later. So the import system of the
package reads each source once, compiles that text, and keeps it. Compiled files count by the content that they were made from:
two edits within one second and of one size cannot be confused.
"""

from __future__ import annotations

import hashlib
import importlib.machinery
import sys
from collections.abc import Callable, Iterable, Mapping
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CellType, FunctionType, ModuleType
from typing import Any

PACKAGES = {"wrapped_assets"}  # tests add one of their own
_texts: dict[str, bytes] = {}  # path → what was read, once
_paths: dict[str, str] = {}  # module → its file
_names: dict[str, Mapping[str, Any]] = {}  # module → what its names stood for when its code had run
_workings: dict[str, Mapping[str, tuple[Any, ...]]] = {}  # the same → what its functions and classes were made of
_HOLDERS = ("__wrapped__", "__func__", "fget", "function", "func")  # where decorators and declarations keep the function


class ChangedSource(Exception):  # noqa: N818 (a finding; whoever asks words the error)
    """A module is not what was loaded: its file was edited, or one of its names was given to something else."""


class _Loader(SourceFileLoader):
    """Compiles the text that is kept, and keeps what the module's names stood for afterwards."""

    def get_data(self, path: str) -> bytes:
        if path == self.path:
            return text_at(path)
        compiled = super().get_data(path)
        if int.from_bytes(compiled[4:8], "little"):  # named by a hash that Python may not compare with the source
            raise OSError("compiled by another rule than ours")
        return compiled

    def path_stats(self, path: str) -> Mapping[str, Any]:
        text = text_at(path)
        digest = hashlib.blake2b(text, digest_size=4).digest()
        return {"mtime": int.from_bytes(digest, "little"), "size": len(text)}

    def exec_module(self, module: ModuleType) -> None:
        if module.__name__ in _names:  # importlib.reload
            _texts.pop(self.path, None)
        super().exec_module(module)
        _names[module.__name__], _paths[module.__name__] = dict(vars(module)), self.path
        _workings[module.__name__] = {name: _made_of(value, module.__name__) for name, value in vars(module).items()}


class _Finder:
    """Finds the package's modules as Python does, and loads them with `_Loader`."""

    @classmethod
    def find_spec(cls, name: str, path: Any = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if path is None or name.partition(".")[0] not in PACKAGES:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and type(spec.loader) is importlib.machinery.SourceFileLoader:
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


def install() -> None:
    """Makes the package's modules load through here; the package's `__init__` calls it before anything else is imported."""
    if _Finder not in sys.meta_path:
        sys.meta_path.insert(0, _Finder)  # type: ignore[arg-type]


def compile_all() -> None:
    """Compiles every source of the package, so that later processes find the compiled files, where Python may write them."""
    for package in PACKAGES:
        for folder in sys.modules[package].__path__:
            for path in sorted(Path(folder).rglob("*.py")):
                name = ".".join([package, *path.relative_to(folder).with_suffix("").parts]).removesuffix(".__init__")
                _Loader(name, str(path)).get_code(name)


def text_at(path: str) -> bytes:
    """A source as it was when it was first asked for; a module that is imported later runs this text."""
    if path not in _texts:
        _texts[path] = Path(path).read_bytes()
    return _texts[path]


def is_ours(module: str) -> bool:
    return module.partition(".")[0] in PACKAGES


def path_of(module: str) -> str | None:
    """The source file of a module of the package, loaded or not; None where there is no such module."""
    if module in _paths and module in sys.modules:
        return _paths[module]
    package, _, rest = module.partition(".")
    for folder in getattr(sys.modules.get(package), "__path__", ()):
        place = Path(folder, *rest.split(".")) if rest else Path(folder)
        for path in (place.with_name(f"{place.name}.py") if rest else place / "__init__.py", place / "__init__.py"):
            if path.is_file():
                return str(path)
    return None


def text_of(module: str) -> bytes:
    """The source of a module of the package. ChangedSource where it has none."""
    path = path_of(module)
    if path is None:
        raise ChangedSource(f"{module} has no source file; install the package with its sources, and not as a zip file")
    return text_at(path)


def value_of(module: str, name: str) -> Any:
    """What a name of a loaded module stood for when its code had run."""
    return _names[module][name]


def was_read(path: str) -> bool:
    """Whether a file is a source of the package that was read."""
    return path in _texts


def named(is_wanted: Callable[[Any], bool], first: str) -> tuple[str, str] | None:
    """The module and name that a value goes by: in module `first` if it is there."""
    for module in dict.fromkeys([first, *_names]):
        for name, value in _names.get(module, {}).items():
            if is_wanted(value):
                return module, name
    return None


def declared_values() -> set[int]:
    """`id()` of everything that a name of a loaded module stands for."""
    return {id(value) for module in loaded_modules() for value in _names[module].values()}


def is_loaded(module: str) -> bool:
    return module in _names


def loaded_modules() -> list[str]:
    """The package's modules that this process has loaded."""
    return sorted(name for name in _names if is_ours(name) and name in sys.modules)


def is_edited() -> bool:
    """Whether a file that this process loaded is no longer what was read."""
    try:
        check_unchanged(loaded_modules())
    except ChangedSource:
        return True
    return False


def check_unchanged(modules: Iterable[str], patched: Iterable[str] = ()) -> None:
    """ChangedSource where a file of `modules` is no longer what was read, or a name of `patched` no longer what was loaded."""
    for module in modules:
        path = path_of(module)
        if path is None or Path(path).read_bytes() != _texts.get(path):
            raise ChangedSource(f"{module} was edited after this process loaded it; restart the process, so that it runs the new code")
    for module in patched:
        if module in sys.modules and module not in _names and path_of(module) != path_of(module.partition(".")[0]):
            raise ChangedSource(f"{module} was not loaded from its source; remove what was compiled beside it")
        held, now = _names.get(module, {}), vars(sys.modules[module]) if module in sys.modules else {}
        for name, value in held.items():
            is_same = now.get(name) is value and _are_same(_workings[module][name], _made_of(value, module))
            if not is_same and not name.startswith("__"):
                raise ChangedSource(
                    f"{module}.{name} was replaced after the module was loaded; change it in its source and restart the process"
                )


def _made_of(value: Any, module: str) -> tuple[Any, ...]:
    """What a function or class of a module does its work with, which can be replaced while it stays the same object."""
    if not isinstance(value, (FunctionType, type, ModuleType)):
        inside = (getattr(value, name, None) for name in _HOLDERS)
        value = next((one for one in inside if isinstance(one, FunctionType)), value)
    if isinstance(value, FunctionType) and value.__module__ == module:
        cells = (_content(cell) for cell in value.__closure__ or ())
        return (value.__code__, value.__defaults__, *(value.__kwdefaults__ or {}).values(), *cells, *vars(value).values())
    if isinstance(value, type) and value.__module__ == module:
        own = [one for name, one in vars(value).items() if not name.startswith("__") or isinstance(one, FunctionType)]
        return (*own, *(part for one in own for part in _made_of(one, module)))
    return ()


def _content(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not given yet
        return None


def _are_same(some: tuple[Any, ...], others: tuple[Any, ...]) -> bool:
    return len(some) == len(others) and all(one is other for one, other in zip(some, others, strict=True))
