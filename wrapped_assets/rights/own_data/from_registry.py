"""What the registry and the folders beside the lake hold of one person: profile, choices, consents, exports, what was rejected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import sqlalchemy as sa

from wrapped_assets.contracts.discovery import all_sources
from wrapped_assets.contracts.errors import InputError, RefusedError
from wrapped_assets.contracts.source import REJECTION_REASONS
from wrapped_assets.privacy.policy import Policy, policy_of
from wrapped_assets.privacy.restating import may_be_in
from wrapped_assets.storage import consents, restrictions, shares, tables
from wrapped_assets.storage.inbox_folders import DONE, REFUSED
from wrapped_assets.storage.outputs import outputs_of
from wrapped_assets.storage.registry import Listener
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.verified import intact
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.purposes import PURPOSES, purpose_named

OWN_DATA = "own_data"
Schema = Mapping[str, pl.DataType]
_INT, _TEXT, _BOOL = pl.Int64(), pl.String(), pl.Boolean()


def profile(root: Root, listener: Listener) -> pl.DataFrame:
    """One row: who the listener is here, and since when their data is restricted, if it is."""
    row = {**vars(listener), "restricted_since": restrictions.restriction_of(root, listener.listener_id)}
    schema = {
        "listener_id": _INT, "name": _TEXT, "time_zone": _TEXT, "country": _TEXT, "birth_year": _INT, "place": _TEXT,
        "restricted_since": c.INSTANT,
    }  # fmt: skip
    return _frame([row], schema)


def purposes(root: Root, listener: Listener) -> pl.DataFrame:
    """One purpose a row, those never asked about included, with whether it is open now."""
    asked = {event.purpose for event in consents.history(root, listener.listener_id)}
    now = datetime.now(UTC)
    rows = [
        {
            "listener_id": listener.listener_id, "purpose": each.name, "meaning": each.meaning, "data_use": each.data_use,
            "lawful_basis": each.lawful_basis, "is_open": listener.listener_id in consents.standing(root, each.name, now),
            "was_asked": each.name in asked,
        }
        for each in (purpose_named(name) for name in dict.fromkeys([*PURPOSES, *sorted(asked)]))
    ]  # fmt: skip
    texts = dict.fromkeys(("purpose", "meaning", "data_use", "lawful_basis"), _TEXT)
    return _frame(rows, {"listener_id": _INT, **texts, "is_open": _BOOL, "was_asked": _BOOL})


def consent_history(root: Root, listener: Listener) -> pl.DataFrame:
    """Everything that was said about the use of the listener's data, oldest first, with what each purpose means."""
    rows = [{**vars(event), "meaning": purpose_named(event.purpose).meaning} for event in consents.history(root, listener.listener_id)]
    instants = dict.fromkeys(("valid_from", "valid_until", "recorded_at"), c.INSTANT)
    texts = ("purpose", "meaning", "state", "lawful_basis", "method", "jurisdiction", "notice_version", "notice_sha256", "event_id")
    return _frame(rows, {"listener_id": _INT, **instants, **dict.fromkeys(texts, _TEXT)})


def left_out(root: Root, listener: Listener) -> pl.DataFrame:
    """What the listener asked to leave out of every figure."""
    table = tables.exclusions
    schema = {"listener_id": _INT, "kind": _TEXT, "label": _TEXT, "target_id": _INT}
    return _frame(_rows(root, sa.select(table).where(table.c.listener_id == listener.listener_id), table.c.kind, table.c.target_id), schema)


def memberships(root: Root, listener: Listener) -> pl.DataFrame:
    """The groups that the listener is in, and whether their year may be told with them; nobody else in these."""
    members, groups = tables.group_members, tables.groups
    mine = sa.select(members.c.listener_id, groups.c.group_id, groups.c.name.label("group_name")).join(
        groups, groups.c.group_id == members.c.group_id
    )
    has_agreed = listener.listener_id in consents.standing(root, "group", datetime.now(UTC))
    rows = _rows(root, mine.where(members.c.listener_id == listener.listener_id), groups.c.name)
    schema = {"listener_id": _INT, "group_id": _INT, "group_name": _TEXT, "is_told_with_it": _BOOL}
    return _frame([row | {"is_told_with_it": has_agreed} for row in rows], schema)


def shared_pages(root: Root, listener: Listener) -> pl.DataFrame:
    """The addresses of the listener's pages that are open for others; the tokens themselves are known to nobody here."""
    rows = [{"listener_id": listener.listener_id, **vars(each)} for each in shares.shares_of(root, listener)]
    return _frame(rows, {"listener_id": _INT, "year": _INT, "shared_at": c.INSTANT})


def page_addresses(root: Root, listener: Listener) -> pl.DataFrame:
    """The years in which the address of the listener's rendered page was changed or closed."""
    table = tables.addresses
    query = sa.select(table.c.listener_id, table.c.year, table.c.number.label("change_count"), table.c.is_closed)
    rows = _rows(root, query.where(table.c.listener_id == listener.listener_id), table.c.year)
    return _frame(rows, {"listener_id": _INT, "year": _INT, "change_count": _INT, "is_closed": _BOOL})


def written_files(root: Root, listener: Listener) -> pl.DataFrame:
    """Files about the listener that commands wrote outside of the data root; without their places, which may name others."""
    found = sorted((each.written_at, each.what) for each in outputs_of(root, listener.listener_id))
    rows = [{"listener_id": listener.listener_id, "what": what, "written_at": written_at} for written_at, what in found]
    return _frame(rows, {"listener_id": _INT, "what": _TEXT, "written_at": c.INSTANT})


def exports_with(root: Root, listener: Listener, *, besides: str = "") -> pl.DataFrame:
    """Every export that has a row of the listener, or whose figures they may be counted in: what it was for, and who got it."""
    subjects = tables.export_subjects
    with root.engine.connect() as connection:
        mine = sa.select(subjects.c.export_id, subjects.c.pseudonym).where(subjects.c.listener_id == listener.listener_id)
        pseudonyms: dict[str, str] = dict(connection.execute(mine).all())  # type: ignore[arg-type]
    rows, policies = [], {}
    for row in _rows(root, sa.select(tables.exports), tables.exports.c.created_at, tables.exports.c.export_id):
        export_id = row["export_id"]
        if export_id == besides or not (export_id in pseudonyms or may_be_in(root, export_id, listener.listener_id)):
            continue
        policy = policies.setdefault(row["name"], None) or _policy(row["name"])
        policies[row["name"]] = policy
        kept = timedelta(days=policy.retention_days) if policy else None
        told = {
            "listener_id": listener.listener_id, "export": row["name"], "how": "row" if export_id in pseudonyms else "counted",
            "recipients": ", ".join(policy.recipients) if policy else None, "lawful_basis": policy.lawful_basis if policy else None,
            "for_what": policy.purpose if policy else None, "pseudonym": pseudonyms.get(export_id),
            "kept_until": row["delivered_at"] + kept if kept and row["delivered_at"] else None,
        }  # fmt: skip
        rows.append(row | told)
    texts = ("export", "state", "how", "recipient", "recipients", "for_what", "lawful_basis", "pseudonym", "export_id")
    instants = dict.fromkeys(("created_at", "delivered_at", "kept_until"), c.INSTANT)
    return _frame(rows, {"listener_id": _INT, "year": _INT, **instants, **dict.fromkeys(texts, _TEXT)})


def rejected_rows(root: Root, listener: Listener) -> pl.DataFrame:
    """The rows of the listener's own files that could not be used, with the reason; of a service's log nobody's name is kept with them."""
    table, rows = tables.imports, []
    for found in _rows(root, sa.select(table).where(table.c.rejected_path.is_not(None)), table.c.content):
        if root.files.held([found["rejected_path"]]):
            kept = pl.read_parquet(intact(root, [found["rejected_path"]])).filter(pl.col("listener_id") == listener.listener_id)
            rows += [row | {"source": found["source"]} for row in kept.to_dicts()]
    meant = [row | {"reason_meaning": REJECTION_REASONS.get(row["reason"])} for row in rows]
    texts = ("source", "reason", "reason_meaning", "time_text", "title", "artist_credit")
    return _frame(meant, {"listener_id": _INT, "row_number": _INT, **dict.fromkeys(texts, _TEXT)})


def sources_of(landed: pl.DataFrame, listener: Listener) -> pl.DataFrame:
    """Where the plays came from: each format with how many, and of which time."""
    titles = {source.name: source.title for source in all_sources()}
    grouped = landed.group_by("source").agg(
        play_count=pl.len().cast(pl.Int64), first_listened_at=pl.col("listened_at").min(), last_listened_at=pl.col("listened_at").max()
    )
    rows = [row | {"listener_id": listener.listener_id, "format": titles.get(row["source"])} for row in grouped.sort("source").to_dicts()]
    instants = {"first_listened_at": c.INSTANT, "last_listened_at": c.INSTANT}
    return _frame(rows, {"listener_id": _INT, "source": _TEXT, "format": _TEXT, "play_count": _INT, **instants})


def dropped_files(root: Root, listener: Listener) -> pl.DataFrame:
    """The files that lie in the inbox under the listener's name, as they were dropped."""
    rows, inbox = [], root.path / "inbox"
    for state, parent in (("waiting", inbox), (DONE, inbox / DONE), (REFUSED, inbox / REFUSED)):
        folder = parent / listener.name
        if listener.name in ("", DONE, REFUSED) or folder.parent != parent or not folder.is_dir() or folder.is_symlink():
            continue
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            size = path.stat().st_size
            told = {"state": state, "file_name": str(path.relative_to(folder)).encode(errors="replace").decode(), "byte_count": size}
            rows.append({"listener_id": listener.listener_id, **told})
    return _frame(rows, {"listener_id": _INT, "state": _TEXT, "file_name": _TEXT, "byte_count": _INT})


REGISTRY: dict[str, Callable[[Root, Listener], pl.DataFrame]] = {
    "profile": profile, "purposes": purposes, "consent_history": consent_history, "left_out": left_out, "memberships": memberships,
    "shared_pages": shared_pages, "page_addresses": page_addresses, "written_files": written_files, "rejected_rows": rejected_rows,
    "dropped_files": dropped_files,
}  # fmt: skip


def _policy(export: str) -> Policy | None:
    try:
        return policy_of(export).policy
    except (InputError, RefusedError):  # an export that this program no longer has
        return None


def _rows(root: Root, query: sa.Select[Any], *order: Any) -> list[dict[str, Any]]:
    with root.engine.connect() as connection:
        return [dict(row) for row in connection.execute(query.order_by(*order)).mappings()]


def _frame(rows: list[dict[str, Any]], schema: Schema) -> pl.DataFrame:
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=dict(schema), orient="row")
