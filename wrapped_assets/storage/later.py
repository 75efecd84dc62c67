"""SQLAlchemy and the tables, imported at their first use: a command that only reads a SQLite file does without them (`reading.py`)."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlalchemy as sa

    from wrapped_assets.storage import tables
else:

    class _Later(ModuleType):
        """Stands for the module of its name."""

        def __getattr__(self, name: str) -> Any:
            return getattr(importlib.import_module(self.__name__), name)

    sa, tables = _Later("sqlalchemy"), _Later("wrapped_assets.storage.tables")

__all__ = ["sa", "tables"]
