"""What the storage of objects asks of a data root whose files lie in a store, without knowing the root."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from wrapped_assets.storage.later import sa


class RootOfAStore(Protocol):
    """What is asked of a data root whose files lie in a store."""

    @property
    def path(self) -> Path: ...
    @property
    def key(self) -> bytes: ...
    @property
    def lake(self) -> str: ...
    @property
    def folders(self) -> tuple[str, ...]: ...
    def drop_outdated(self, epoch: str) -> None: ...
    @property
    def engine(self) -> sa.Engine: ...
    @property
    def registry_mark(self) -> str: ...
    @property
    def registry_number(self) -> str: ...
    @property
    def takes_store(self) -> bool: ...
