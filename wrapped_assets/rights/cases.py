"""Erasure cases: opened as a whole, known to nobody but their own file, and closed with numbers alone.

The file of a batch is what opens its cases: it names everybody before anything is changed, so that `resume` finishes whatever a crash
left. It is readable by its owner alone, and destroyed when its cases are done.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson
import sqlalchemy as sa

from wrapped_assets.rights.needles import Needles, phrase_of
from wrapped_assets.serving.rendered.shelf import shelves
from wrapped_assets.storage import outputs, tables
from wrapped_assets.storage.addresses import tokens_of
from wrapped_assets.storage.database import insert_new
from wrapped_assets.storage.outputs import Output
from wrapped_assets.storage.purging import texts_of, within_others
from wrapped_assets.storage.registry import Listener
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.tombstone_files import Tombstone
from wrapped_assets.storage.unheard_erasures import CASES as FOLDER


@dataclass(frozen=True)
class Case:
    """One listener's erasure: what to search for, and the files that were written elsewhere."""

    case_id: str
    needles: Needles
    outputs: tuple[Output, ...] = ()


@dataclass(frozen=True)
class Batch:
    """Cases that are carried out together, and the name of the document that knows them."""

    name: str
    cases: tuple[Case, ...]


def open_cases(root: Root, listeners: Iterable[Listener]) -> Batch:
    """Opens a case for each listener, all of them or none: they are out of every export from here on."""
    people = list(dict.fromkeys(listeners))
    texts = texts_of(root, [each.listener_id for each in people])
    phrases = _phrases(root, texts, {each.listener_id for each in people})
    cases = [
        Case(
            secrets.token_hex(8),
            Needles(
                each.listener_id, each.name, _pseudonyms(root, each.listener_id), texts[each.listener_id],
                phrases.intersection(map(phrase_of, texts[each.listener_id])),
            ),
            tuple(outputs.outputs_of(root, each.listener_id)),
        )
        for each in people
    ]  # fmt: skip
    batch = Batch(f"{FOLDER}/{secrets.token_hex(8)}.case", tuple(cases))
    root.documents.write(batch.name, orjson.dumps([_document(each) for each in cases]))
    record_cases(root, batch)
    return batch


def _document(case: Case) -> dict[str, object]:
    return {"case_id": case.case_id, "needles": case.needles.as_json(), "outputs": [vars(each) for each in case.outputs]}


def open_batches(root: Root) -> list[Batch]:
    """The batches that a crash left open."""
    there = {name: root.documents.brought(name) for name in root.documents.names(f"{FOLDER}/*.case")}
    found = []
    for name, path in there.items():
        with suppress(FileNotFoundError):  # another process has finished it meanwhile
            found.append(Batch(name, tuple(_read(path))))
    return found


def is_open(root: Root, batch: Batch) -> bool:
    """Whether nobody has finished it."""
    return bool(root.documents.names(batch.name))


def _read(path: Path) -> Iterable[Case]:
    document = orjson.loads(path.read_bytes())
    if document and not isinstance(document[0], dict):  # a case of an older program: its file is one person's needles
        return [Case(path.stem, Needles.from_json(document))]
    return [
        Case(
            row["case_id"], Needles.from_json(row["needles"]),
            tuple(Output(**{**out, "written_at": datetime.fromisoformat(out["written_at"])}) for out in row["outputs"]),
        )
        for row in document
    ]  # fmt: skip


def record_cases(root: Root, batch: Batch) -> None:
    """Restricts the listeners of a batch and records their cases, in one transaction; again: nothing."""
    people, now = tables.listeners, datetime.now(UTC)
    with root.engine.begin() as connection:
        wanted = {each.needles.listener_id: each.case_id for each in batch.cases}
        there = connection.execute(sa.select(people.c.listener_id).where(people.c.listener_id.in_(wanted))).scalars().all()
        insert_new(connection, tables.restrictions, [{"listener_id": each, "since": now, "case_id": wanted[each]} for each in there])
        rows = [{"case_id": each.case_id, "state": "open", "opened_at": now, "counts": {}} for each in batch.cases]
        insert_new(connection, tables.erasure_cases, rows)


def close_case(root: Root, case: Case, counts: dict[str, object]) -> None:
    """Records that a case is done, in numbers."""
    table = tables.erasure_cases
    with root.engine.begin() as connection:
        closed = {"state": "verified", "finished_at": datetime.now(UTC), "counts": counts}
        connection.execute(sa.update(table).where(table.c.case_id == case.case_id).values(**closed))


def record_replayed(root: Root, erasures: Iterable[Tombstone]) -> None:
    """Tells a restored registry of erasures that it has not heard of, or not heard the end of, once they are carried out again."""
    now, table = datetime.now(UTC), tables.erasure_cases
    rows = [{"case_id": e.case_id, "state": "replayed", "opened_at": e.erased_at, "finished_at": now, "counts": {}} for e in erasures]
    with root.engine.begin() as connection:
        insert_new(connection, table, rows)
        of_these = table.c.case_id.in_([row["case_id"] for row in rows]) & (table.c.state == "open")
        connection.execute(sa.update(table).where(of_these).values(state="replayed", finished_at=now))


def restricted_by(root: Root, case_ids: Collection[str]) -> dict[int, str]:
    """The listeners whom these cases restricted, as far as they are registered, and by which case."""
    table = tables.restrictions
    with root.engine.connect() as connection:
        rows = connection.execute(sa.select(table.c.listener_id, table.c.case_id).where(table.c.case_id.in_(case_ids)))
        return {row.listener_id: row.case_id for row in rows}


def forget_batch(root: Root, batch: Batch) -> None:
    """Destroys the document that knew whom the cases were about."""
    root.documents.forget(batch.name)


def _pseudonyms(root: Root, listener_id: int) -> tuple[str, ...]:
    """What stands for the listener in exports, and the addresses of their rendered pages."""
    table = tables.export_subjects
    with root.engine.connect() as connection:
        mine = sa.select(table.c.pseudonym).where(table.c.listener_id == listener_id).order_by(table.c.pseudonym)
        exported = tuple(connection.execute(mine).scalars())
    return (*exported, *tokens_of(root, listener_id, {shelf.year for shelf in shelves(root)}))


def _phrases(root: Root, texts: dict[int, frozenset[str]], people: Collection[int]) -> frozenset[str]:
    """What of these texts is looked for inside of others, and stands in no text of anybody else."""
    long = {phrase for found in texts.values() for text in found if (phrase := phrase_of(text))}
    return frozenset(long - within_others(root, people, long))
