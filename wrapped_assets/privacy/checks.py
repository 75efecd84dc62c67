"""The blocking checks of every export: each reads the staged bytes, and none of them trusts what produced those."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import orjson
import polars as pl

from wrapped_assets.privacy.draws import Draws
from wrapped_assets.privacy.export import Export
from wrapped_assets.privacy.figures import figure_faults
from wrapped_assets.privacy.policy import PinnedPolicy, Policy, numbers_of, static_contents
from wrapped_assets.privacy.pseudonyms import unwrapped, wrapping_key
from wrapped_assets.privacy.report import REPORT, figures_of
from wrapped_assets.privacy.snapshot import take_snapshot
from wrapped_assets.privacy.staged_files import as_csv, read_table
from wrapped_assets.privacy.untrusted import in_a_cell
from wrapped_assets.storage import exports, registry
from wrapped_assets.storage.exports import ExportRecord
from wrapped_assets.storage.root import Root


def faults_of(root: Root, export: Export, pinned: PinnedPolicy, files: Mapping[str, bytes], record: ExportRecord) -> list[str]:
    """Everything that speaks against letting these bytes out, in words that name nobody; empty where nothing does."""
    if found := [*unexpected_files(files, pinned.policy), *changed_static_files(files, pinned.policy)]:
        return found
    tables = {name: read_table(files[name], numbers_of(columns)) for name, columns in pinned.policy.files.items()}
    found = [
        *unexpected_columns(tables, pinned.policy), *texts_for_numbers(tables, pinned.policy), *hostile_texts(tables),
        *surrogates_in(root, tables),
    ]  # fmt: skip
    if not found:
        found = [*export.faults(tables, pinned.policy), *not_reproduced(root, export, pinned, files, tables, record)]
    return found


def unexpected_files(files: Mapping[str, bytes], policy: Policy) -> list[str]:
    """Files that the policy does not list, or lists and that are missing."""
    allowed = {REPORT, "requests.json", *policy.files, *policy.static_files}
    return [f"the file {name} is not on the policy's allow list" for name in sorted(set(files) - allowed)] + [
        f"the file {name} is missing" for name in sorted(allowed - set(files))
    ]


def changed_static_files(files: Mapping[str, bytes], policy: Policy) -> list[str]:
    """Files that always go along and are not, byte by byte, what was reviewed."""
    reviewed = static_contents(policy)
    return [f"the file {name} is not the one that was reviewed" for name, content in reviewed.items() if files.get(name) != content]


def unexpected_columns(tables: Mapping[str, pl.DataFrame], policy: Policy) -> list[str]:
    """Columns that are not exactly those of the allow list; anything else stays inside."""
    return [
        f"{name} has the columns {', '.join(table.columns)}; the policy allows exactly {', '.join(policy.files[name])}"
        for name, table in tables.items()
        if table.columns != list(policy.files[name])
    ]


def texts_for_numbers(tables: Mapping[str, pl.DataFrame], policy: Policy) -> list[str]:
    """Columns that must hold whole numbers and hold something else."""
    return [
        f"{name}: {column} must be whole numbers"
        for name, table in tables.items()
        for column in numbers_of(policy.files[name])
        if column in table.columns and not table[column].dtype.is_integer()
    ]


def hostile_texts(tables: Mapping[str, pl.DataFrame]) -> list[str]:
    """Cells that a spreadsheet would run, or that hide characters."""
    bad = {
        name: sum(in_a_cell(value) != value for column in table.select(pl.col(pl.String)).iter_columns() for value in column.drop_nulls())
        for name, table in tables.items()
    }
    return [f"{name} has {count} texts that other programs could take for something else" for name, count in bad.items() if count]


def surrogates_in(root: Root, tables: Mapping[str, pl.DataFrame]) -> list[str]:
    """Cells that are a listener's id in the lake."""
    ids = {str(listener.listener_id) for listener in registry.all_listeners(root)}
    return [
        f"{name} holds ids of listeners in {column.name}"
        for name, table in tables.items()
        for column in table.iter_columns()
        if ids & set(column.cast(pl.String).drop_nulls())
    ]


def not_reproduced(
    root: Root, export: Export, pinned: PinnedPolicy, files: Mapping[str, bytes], tables: Mapping[str, pl.DataFrame], record: ExportRecord
) -> list[str]:
    """Whether the same snapshot gives other bytes, or another figure in the report, when everything is computed again.

    And whether each figure is what its contributors give, rounded, of enough of them, and dominated by none.
    """
    snapshot = take_snapshot(
        root, record.year or 0, pinned, record.created_at, export.reads, export.operator_files, record.recipient
    )  # fmt: skip
    if snapshot.snapshot_id != record.snapshot_id:
        return ["the edition, its people or the policy changed since it was staged: stage it again"]
    if (key := exports.wrapped_key_of(root, record.export_id)) is not None:
        snapshot = replace(snapshot, key=unwrapped(wrapping_key(root), key))
    again = export.produce(snapshot, Draws(snapshot))
    found = figure_faults(tables, again.contributors, pinned.policy, snapshot.people.listener_ids, snapshot.public_among)
    found += [f"{name} is not what its snapshot gives" for name, table in again.tables.items() if as_csv(table) != files.get(name)]
    reported = orjson.loads(files[REPORT])
    figures = orjson.loads(orjson.dumps(figures_of(snapshot, again, reported.get("restatement"))))
    return found + [f"the report's {name} is not what the export gives" for name in sorted(figures) if figures[name] != reported.get(name)]
