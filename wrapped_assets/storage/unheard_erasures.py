"""Erasures that a registry has not heard of, or not heard the end of: it is older than they are, so it brings people back."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import orjson

from wrapped_assets.contracts.errors import BuildError, WrappedError
from wrapped_assets.storage.documents import Documents
from wrapped_assets.storage.later import sa, tables
from wrapped_assets.storage.tombstone_files import Tombstone, read_tombstones, unknown_erasures

CASES = "erasures"  # the folder of the documents that know whom open cases are about


class RootOfCases(Protocol):
    """What is asked of a data root."""

    @property
    def path(self) -> Path: ...
    @property
    def lake(self) -> str: ...
    @property
    def engine(self) -> sa.Engine: ...
    @property
    def documents(self) -> Documents: ...


def check_erasures(root: RootOfCases) -> None:
    """WrappedError where the registry is older than an erasure, or than its end."""
    if missing := unheard_erasures(root):
        first = "run `wrapped repair --take-store` first, then " if root.lake else ""
        raise WrappedError(
            f"this registry is older than {len(missing):,} erasures, or than their end, so it holds people who asked to be forgotten: "
            f"{first}carry these erasures out again with `wrapped erase --replay` before anything else"
        )


def unheard_erasures(root: RootOfCases) -> list[Tombstone]:
    """Erasures of the list that the registry lacks, and those that it has as open although their documents were destroyed at their end."""
    return [*unknown_erasures(root.path, root.engine), *_without_end(root)]


def _without_end(root: RootOfCases) -> list[Tombstone]:
    if not (opened := _open_cases(root)):
        return []
    known = _cases_of_documents(root)
    # Whoever finishes a case records its end first, then destroys the document. So a case that is open after it was not found has no end.
    still_open = _open_cases(root)
    left = {case: erasure for case, erasure in opened.items() if case in still_open and case not in known}
    return list((left | {each.case_id: each for each in read_tombstones(root.path) if each.case_id in left}).values())


def _open_cases(root: RootOfCases) -> dict[str, Tombstone]:
    table = tables.erasure_cases
    query = sa.select(table.c.case_id, table.c.opened_at).where(table.c.state == "open").order_by(table.c.case_id)
    with root.engine.connect() as connection:
        return {row.case_id: Tombstone(row.case_id, row.opened_at) for row in connection.execute(query)}


def _cases_of_documents(root: RootOfCases) -> set[str]:
    found = set[str]()
    for name in root.documents.names(f"{CASES}/*.case"):
        try:
            rows = orjson.loads(root.documents.brought(name).read_bytes())
        except (FileNotFoundError, BuildError):  # another process has just destroyed it; or what the registry names is in the store no more
            continue
        found |= {row["case_id"] for row in rows if isinstance(row, dict)} or {Path(name).stem}  # the name: of an older program's document
    return found
