"""What a module's meaning can depend on: its text, and the texts of all modules of the package that it imports, directly or not."""

from __future__ import annotations

import ast
import hashlib
import sys
from collections.abc import Iterable, Iterator

from wrapped_assets.kernels.versions import combined
from wrapped_assets.planning.libraries import libraries
from wrapped_assets.planning.loaded import PACKAGES, text_at
from wrapped_assets.planning.names import bound_in, tree_of
from wrapped_assets.planning.state import sources
from wrapped_assets.planning.trees import statements_of

Imports = dict[str, tuple[str, list[str]]]  # module → hash of its text and of what read it, and the modules that it may import
_RULES = ("wrapped_assets.planning.fingerprint", "wrapped_assets.planning.engine")  # what decides how code is read
_READERS = ("wrapped_assets.planning.closure", "wrapped_assets.planning.names")  # what decides which imports are found


class Closures:
    """Hashes over closures, of the texts that this process runs. `known` holds what an earlier process read of modules' imports."""

    def __init__(self, known: Imports) -> None:
        self._digests = dict(_digests())
        self._readers = [self._digests[name] for name in _READERS]
        self.imports: Imports = {name: found for name, found in known.items() if name in self._digests and self._as_read(name) == found[0]}
        versions = [f"{name} {version}" for name, version in sorted(libraries().items())]
        self._hashes: dict[tuple[str, ...], str] = {}
        self._rules = combined(sys.version, sys.flags.optimize, *versions, *self._texts(_RULES))

    def hash(self, modules: Iterable[str]) -> str:
        """One hash over the modules' texts, those of all that they import, the rules by which code is read, Python and the libraries."""
        asked = tuple(modules)
        if asked not in self._hashes:
            self._hashes[asked] = combined(self._rules, *self._texts(asked))
        return self._hashes[asked]

    def _texts(self, modules: Iterable[str]) -> Iterator[str]:
        found = dict.fromkeys(modules)
        for name in (waiting := list(found)):  # grows
            for other in (*self._imported(name), name.rpartition(".")[0]):
                if other not in found and other in self._digests:
                    found[other] = None
                    waiting.append(other)
        for name in sorted(found):
            yield f"{name} {self._digests.get(name, 'none')}"

    def _imported(self, module: str) -> list[str]:
        if module not in self._digests:
            return []
        if module not in self.imports:
            self.imports[module] = (self._as_read(module), sorted(set(_named(module))))
        return self.imports[module][1]

    def _as_read(self, module: str) -> str:
        return combined(self._digests[module], *self._readers)


def _digests() -> Iterator[tuple[str, str]]:
    for package in sorted(PACKAGES):
        for name, path in sources(package):
            module = f"{package}/{name}".removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            yield module, hashlib.blake2b(text_at(path), digest_size=16).hexdigest()


def _named(module: str) -> Iterator[str]:
    """Every module that the text may import, there or not: one that appears later hides what had its name."""
    for node in statements_of(tree_of(module).body):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = module.split(".")[: -node.level] if node.level else []
            inside = module.split(".")[: len(above) + 1] if node.level else []
            for base in ([*above], [*inside]) if node.level else ([],):  # a package's own text counts from itself
                source = ".".join([*base, *([node.module] if node.module else [])])
                yield source
                yield from (f"{source}.{alias.name}" for alias in node.names)
    yield from (f"{module}.{name}" for name in bound_in(module))
