"""What becomes of exports when a listener is erased: rows of people are recalled, published aggregates stay as they are."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from wrapped_assets.privacy.passage import forget_staged, unfinished
from wrapped_assets.privacy.restating import forget_person, may_be_in
from wrapped_assets.storage import tables
from wrapped_assets.storage.database import insert_new
from wrapped_assets.storage.root import Root

OWN_DATA = "own_data"  # went to the person themselves: nobody has anything to give back


@dataclass(frozen=True)
class Recall:
    """A row that a recipient must delete."""

    export_id: str
    name: str
    year: int | None
    recipient: str | None
    pseudonym: str


def recall_exports(root: Root, listener_id: int, case_id: str) -> list[Recall]:
    """Withdraws what was not delivered yet and had them in it, deletes our copies of exports with a row of theirs, and notes the recalls.

    Aggregates that were delivered stay: they betray nobody, and telling them anew would. The list of who was in them forgets the listener.
    """
    exports, subjects = tables.exports, tables.export_subjects
    with root.engine.connect() as connection:
        theirs = connection.execute(
            sa.select(subjects.c.pseudonym, exports)
            .join(exports, exports.c.export_id == subjects.c.export_id)
            .where(subjects.c.listener_id == listener_id)
            .order_by(subjects.c.export_id)
        ).all()
        waiting = connection.execute(sa.select(exports.c.export_id, exports.c.state)).all()
    recalls = [
        Recall(row.export_id, row.name, row.year, row.recipient, row.pseudonym)
        for row in theirs
        if row.state == "delivered" and row.expired_at is None and row.name != OWN_DATA
    ]
    of_people = {row.export_id for row in theirs}
    counted = {row.export_id for row in waiting if may_be_in(root, row.export_id, listener_id)}
    is_inside = ("candidate", "staged", "cleared")
    withdrawn = of_people | {row.export_id for row in waiting if row.export_id in counted and row.state in is_inside}
    now = datetime.now(UTC)
    with root.engine.begin() as connection:
        insert_new(
            connection, tables.recalls,
            [{"export_id": each.export_id, "pseudonym": each.pseudonym, "case_id": case_id, "recalled_at": now} for each in recalls],
        )  # fmt: skip
        connection.execute(sa.update(exports).where(exports.c.export_id.in_(withdrawn)).values(state="withdrawn"))
    for export_id in sorted(withdrawn):
        forget_staged(root, export_id)
    delivered = root.path / "exports" / "delivered"
    for row in theirs:
        name = f"{row.name}-{row.year}" + (f"-{row.recipient}" if row.recipient else "")
        for folder in (delivered / name, delivered / row.export_id, unfinished(delivered / name, row.export_id)):
            shutil.rmtree(folder, ignore_errors=True)
    for export_id in sorted(counted):
        forget_person(root, export_id, listener_id)
    return recalls
