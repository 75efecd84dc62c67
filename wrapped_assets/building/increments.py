"""What followed from a module's text and from all that it imports, kept from one state of the sources to the next.

An edit therefore costs what it can change: the fingerprints of the assets that import the edited module, and its own check. Each result is
kept with one hash over the closure that it follows from (`planning/closure.py`), and is taken for the very same closure only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from hashlib import blake2b
from typing import Any, TypeVar

import wrapped_assets
from wrapped_assets.building.kept import keep, taken
from wrapped_assets.planning.closure import Closures

T = TypeVar("T")


class Increments:
    """Results by kind and name. `save` keeps those that were asked for; others are forgotten."""

    def __init__(self) -> None:
        place = "".join(wrapped_assets.__path__)
        self._name = f"{blake2b(place.encode('utf-8', 'surrogateescape'), digest_size=16).hexdigest()}.increments"
        document: dict[str, Any] = taken(self._name) or {"imports": {}, "found": {}}
        self._before: dict[str, dict[str, tuple[str, Any]]] = document["found"]
        self._found = {kind: dict(results) for kind, results in self._before.items()}
        self._closures = Closures({name: tuple(each) for name, each in document["imports"].items()})

    def has(self, kind: str, name: str, modules: Iterable[str]) -> bool:
        """Whether a result is known for the closure of these modules as they are."""
        known = self._before.get(kind, {}).get(name)
        return known is not None and known[0] == self._closures.hash(modules)

    def of(self, kind: str, name: str, modules: Iterable[str], work_out: Callable[[], T]) -> T:
        """The known result for the closure of these modules, or what is worked out."""
        digest = self._closures.hash(modules)
        known = self._before.get(kind, {}).get(name)
        result = known[1] if known is not None and known[0] == digest else work_out()
        self._found.setdefault(kind, {})[name] = (digest, result)
        return result

    def save(self) -> None:
        with suppress(OSError):
            keep(self._name, {"imports": self._closures.imports, "found": self._found})
