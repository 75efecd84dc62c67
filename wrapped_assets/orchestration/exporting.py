"""Exports as assets: staged → a blocking check → delivered. Delivering alone, or without the check, still meets the gate."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from wrapped_assets.contracts.errors import RefusedError
from wrapped_assets.exports.all_exports import all_exports
from wrapped_assets.orchestration import facts
from wrapped_assets.orchestration.groups import numbered
from wrapped_assets.orchestration.lake import Lake
from wrapped_assets.orchestration.partitions import Periods
from wrapped_assets.orchestration.portrait import privacy_tags
from wrapped_assets.orchestration.source_links import source_of
from wrapped_assets.privacy.export import Export
from wrapped_assets.privacy.policy import Policy, policy_of

if TYPE_CHECKING:
    from wrapped_assets.storage.exports import ExportRecord
    from wrapped_assets.storage.root import Root

OWNERS, GROUP, TAGS = ["team:privacy"], numbered("exports"), {"privacy": "aggregate", "layer": "exports"}
CHECK = "may_leave"
FOUND = "{faults} faults found. `wrapped export` with the same name and year says which."
CHECKED = "Every check of the gate, over the staged bytes. `wrapped export` says what it found where it fails."
# Made for one recipient or one person, who must not be named here: a partition, a tag or a config would keep the name for good.
BY_COMMAND_ONLY = frozenset({"partner_extract", "own_data"})


def export_assets(periods: Periods) -> list[dg.AssetsDefinition]:
    """Two assets for each export that is made for everybody alike, by year."""
    found: list[dg.AssetsDefinition] = []
    for export in all_exports().values():
        if export.name not in BY_COMMAND_ONLY:
            found += [_staged(export, periods), _delivered(export, periods)]
    return found


def _key(export: Export, state: str) -> dg.AssetKey:
    return dg.AssetKey(["exports", f"{export.name}_{state}"])


def _staged(export: Export, periods: Periods) -> dg.AssetsDefinition:
    policy = policy_of(export.name).policy
    key = _key(export, "staged")

    @dg.asset(
        key=key, deps=[dg.AssetDep(dg.AssetKey(source.split("/"))) for source in export.reads], partitions_def=periods.years,
        group_name=GROUP, owners=OWNERS, kinds={"csv", "privacy"}, description=_description(policy, "Staged bytes, not yet out."),
        metadata=_shown(export, policy), tags=TAGS,
        check_specs=[dg.AssetCheckSpec(CHECK, asset=key, blocking=True, description=CHECKED)],
    )  # fmt: skip
    def staged(context: dg.AssetExecutionContext, lake: Lake) -> Iterator[object]:
        from wrapped_assets.privacy import gate  # not needed to load

        root, year = facts.discreetly(export.name, lambda: lake.project.root), int(context.partition_key)
        record = facts.discreetly(export.name, lambda: gate.stage(root, export, year))
        yield dg.MaterializeResult(metadata=facts.metadata({"staged_bytes": record.sha256 or "", "policy": record.policy_sha256 or ""}))
        found = facts.discreetly(export.name, lambda: _faults(root, export, record.export_id))
        yield dg.AssetCheckResult(
            passed=not found, check_name=CHECK, metadata=facts.metadata({"faults": found}), description=facts.told(FOUND, faults=found)
        )  # fmt: skip

    return staged


def _delivered(export: Export, periods: Periods) -> dg.AssetsDefinition:
    policy = policy_of(export.name).policy

    @dg.asset(
        key=_key(export, "delivered"), deps=[_key(export, "staged")], partitions_def=periods.years, group_name=GROUP, owners=OWNERS,
        kinds={"csv", "privacy"}, description=_description(policy, "What left, with its privacy report."),
        metadata=_shown(export, policy), tags=TAGS,
    )  # fmt: skip
    def delivered(context: dg.AssetExecutionContext, lake: Lake) -> dg.MaterializeResult:
        from wrapped_assets.privacy import gate

        root, year = facts.discreetly(export.name, lambda: lake.project.root), int(context.partition_key)
        record = facts.discreetly(export.name, lambda: _newest(root, export, year))
        folder = _folder(root, export, year)
        files = [] if folder.exists() else facts.discreetly(export.name, lambda: gate.deliver(root, record.export_id, folder))
        return dg.MaterializeResult(metadata=facts.metadata({"files": len(files), "staged_bytes": record.sha256 or ""}))

    return delivered


def _faults(root: "Root", export: Export, export_id: str) -> int:
    """How many faults the gate finds. Which they are, `wrapped export` says: their words may name what is in the export."""
    from wrapped_assets.privacy import gate

    try:
        gate.clear(root, export, export_id)
    except gate.FaultsFoundError as refusal:
        return len(refusal.faults)
    return 0


def _folder(root: "Root", export: Export, year: int) -> Path:
    return root.path / "exports" / "delivered" / f"{export.name}-{year}"


def _newest(root: "Root", export: Export, year: int) -> "ExportRecord":
    from wrapped_assets.storage import exports

    there = exports.exports_named(root, export.name, year)
    if not there:
        raise RefusedError(f"nothing is staged of {export.name} {year}: materialize {export.name}_staged first")
    return there[0]


def _description(policy: Policy, state: str) -> str:
    return f"{state}\n\n{policy.purpose} For {', '.join(policy.recipients)}. Lawful basis: {policy.lawful_basis.replace('_', ' ')}."


def _shown(export: Export, policy: Policy) -> dict[str, Any]:
    return {"dagster/column_schema": _schema(policy), "dagster/code_references": source_of(export.produce, export.name)}


def _schema(policy: Policy) -> dg.TableSchema:
    columns = [
        dg.TableColumn(f"{file}: {name}", description=rule.meaning, tags=privacy_tags(rule.privacy, rule.category))
        for file, allowed in policy.files.items()
        for name, rule in allowed.items()
    ]
    return dg.TableSchema(columns=columns)
