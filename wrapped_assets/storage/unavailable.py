"""Explains why the registry cannot be read or written, and whether trying again may help."""

from __future__ import annotations

import re
import sqlite3
import time

from wrapped_assets.contracts.errors import RegistryUnavailable
from wrapped_assets.storage.later import sa

_PAUSES = (0.2, 0.5, 1)  # seconds between attempts to connect, while a server starts
_PASSING = ("starting up", "shutting down", "recovery", "refused", "closed the connection", "timeout", "too many clients", "No such file")
_SQLITE = {
    "SQLITE_BUSY": ("another process has held it for more than thirty seconds", True),
    "SQLITE_LOCKED": ("another process holds it", True),
    "SQLITE_FULL": ("the disk is full", False),
    "SQLITE_IOERR": ("its file cannot be read or written: the disk may be full or failing", False),
    "SQLITE_READONLY": ("it is read-only, and this command writes", False),
    "SQLITE_CANTOPEN": ("its file cannot be opened: too many files may be open, or the folder may not be writable", False),
    "SQLITE_CORRUPT": ("its file is damaged: restore it from a backup, or rebuild the manifest with `wrapped repair`", False),
    "SQLITE_NOTADB": ("its file is no database: restore it from a backup", False),
}
_POSTGRESQL = {
    "08": ("the server closed the connection", True),
    "57": ("the server is shutting down or starting", True),
    "40": ("another process changed the same rows at the same time", True),
    "53": ("the server has no room left", False),
    "25": ("the server is read-only", False),
}
# What a server says to whoever connects; libpq gives no code of it. A server that speaks another language counts as out of reach.
_AT_THE_DOOR = (
    (
        r"authentication failed|no password supplied|pg_hba|role \S+ does not exist|not permitted to log in",
        "the server refuses the user or the password",
    ),
    (r"database \S+ does not exist|permission denied for database", "the server has no such database for this user"),
)


def watch(engine: sa.Engine) -> None:
    """Makes the engine raise RegistryUnavailable for what is the world's fault, and connect again while a server starts."""

    @sa.event.listens_for(engine, "handle_error")
    def _in_words(context: sa.engine.ExceptionContext) -> None:
        if not context.is_pre_ping and (found := unavailable(context.original_exception, is_lost=context.is_disconnect)):
            raise found

    @sa.event.listens_for(engine, "do_connect")
    def _patiently(dialect: sa.Dialect, _record: object, arguments: list[object], named: dict[str, object]) -> object:
        for pause in _PAUSES if dialect.name == "postgresql" else ():
            try:
                return dialect.connect(*arguments, **named)  # type: ignore[attr-defined]
            except Exception as error:  # noqa: BLE001 (of the driver)
                if not any(text in str(error) for text in _PASSING):
                    break
                time.sleep(pause)
        return dialect.connect(*arguments, **named)  # type: ignore[attr-defined]


def unavailable(error: BaseException | None, *, is_lost: bool = False) -> RegistryUnavailable | None:
    """The error in words, without what was being written; None where it is the program's own fault."""
    if isinstance(error, sqlite3.OperationalError):
        name = getattr(error, "sqlite_errorname", "") or ""
        found = next((said for start, said in _SQLITE.items() if name.startswith(start)), None)
    else:
        state = getattr(error, "sqlstate", None) or ""
        found = _POSTGRESQL.get(state[:2])
        if found is None and (is_lost or (type(error).__name__ == "OperationalError" and not state)):
            refused = next((said for text, said in _AT_THE_DOOR if re.search(text, str(error))), None)
            if re.search("too many clients|too many connections|connection slots", str(error)):
                return _in_words("the server has no connection left: end some, or raise its max_connections", True)
            found = (f"{refused}: look at WRAPPED_REGISTRY_URL", False) if refused else ("the server cannot be reached", True)
    if found is None:
        return None
    return _in_words(*found)


def _in_words(why: str, may_pass: bool) -> RegistryUnavailable:
    advice = "run the command again when it is back" if may_pass else "put that right, then run the command again"
    return RegistryUnavailable(f"the registry is not available: {why}; nothing was partly written, {advice}", may_pass=may_pass)
