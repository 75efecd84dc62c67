"""Whether somebody may have written to a registry since the last look, asked without a query wherever that is possible."""

from __future__ import annotations

import sqlite3
import time
from contextlib import suppress
from dataclasses import dataclass

from wrapped_assets.storage.root import Root
from wrapped_assets.storage.sqlite_place import how_to_open

_SERVER_SECONDS = 0.5  # how old an answer of a database server may be


@dataclass
class Changes:
    """Looks at one registry; for one thread."""

    root: Root
    _version: int = -1
    _asked_at: float = -1e9
    _connection: sqlite3.Connection | None = None

    def since_last(self) -> bool:
        """Whether there may be something new; True the first time."""
        file, now = self.root.registry_file, time.monotonic()
        if file is None:
            is_old = now - self._asked_at > _SERVER_SECONDS
            self._asked_at = now if is_old else self._asked_at
            return is_old
        if self._connection is None:
            place, is_uri = how_to_open(file)
            with suppress(sqlite3.Error):
                self._connection = sqlite3.connect(place, uri=is_uri, check_same_thread=False)
        if self._connection is None:
            return True
        try:
            ((version,),) = self._connection.execute("pragma data_version").fetchall()
        except sqlite3.Error:
            self._connection = None
            return True
        is_other, self._version = version != self._version, version
        return is_other
