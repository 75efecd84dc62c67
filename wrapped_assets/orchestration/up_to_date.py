"""The check that says of every asset whether its partitions are up to date, and why not: amber where the planner would compute something.

The planner writes it whenever that changes. A run ends with it for its own assets, and the UI's button asks for it alone.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

import dagster as dg
import orjson

from wrapped_assets.contracts.graph import Graph, project_graph
from wrapped_assets.orchestration.facts import discreetly, metadata
from wrapped_assets.orchestration.lake import Lake
from wrapped_assets.planning.plan import Plan
from wrapped_assets.planning.situation import Situation

NAME = "up_to_date"
MEANING = (
    "Warns where partitions are stale: the planner would compute them, because code, a rule, landed data or a column that they read "
    "changed. `wrapped explain` says which function changed."
)
TOLD = "wrapped/up_to_date"  # among the daemon's cursors: what was written last, by asset
UNLESS = frozenset({"upstream"})  # what waits is counted on its own: it may come out unchanged


def check_of(graph: Graph) -> dg.AssetChecksDefinition:
    """One check for each declared asset; a run evaluates those of its assets at once, after them."""
    specs = [dg.AssetCheckSpec(NAME, asset=dg.AssetKey(key.split("/")), description=MEANING) for key in graph.by_key]

    @dg.multi_asset_check(name=NAME, specs=specs, can_subset=True)
    def up_to_date(context: dg.AssetCheckExecutionContext, lake: Lake) -> Iterator[dg.AssetCheckResult]:
        asked = sorted("/".join(key.asset_key.path) for key in context.selected_asset_check_keys)
        found = discreetly(NAME, lambda: _found(lake, asked))
        for key, facts in found.items():
            shown = metadata(facts)
            passed = not facts["stale_partitions"]
            yield dg.AssetCheckResult(
                passed=passed, asset_key=dg.AssetKey(key.split("/")), check_name=NAME, severity=dg.AssetCheckSeverity.WARN, metadata=shown
            )

    return up_to_date


def _found(lake: Lake, keys: Collection[str]) -> dict[str, dict[str, int | str]]:
    from wrapped_assets.planning.plan import make_plan

    situation = lake.project.situation()
    return facts_of(situation, make_plan(situation), keys)


def facts_of(situation: Situation, plan: Plan, keys: Collection[str], failing: Collection[object] = ()) -> dict[str, dict[str, int | str]]:
    """Asset → how many of its partitions are stale and why, how many wait for an input, and how many failed and are not tried again."""
    expected: dict[str, set[str]] = {key: set() for key in keys}
    for cell in situation.expected():
        if cell.asset in expected:
            expected[cell.asset].add(cell.period)
    reasons: dict[str, Counter[str]] = {key: Counter() for key in keys}
    stale: dict[str, dict[str, set[str]]] = {key: {"stale": set(), "waits": set(), "failed": set()} for key in keys}
    for step in plan.steps:
        if (key := step.cell.asset) in stale:
            kind = "failed" if step.cell in failing else "waits" if step.reason in UNLESS else "stale"
            stale[key][kind].add(step.cell.period)
            reasons[key][step.reason] += 1
    return {
        key: {
            "stale_partitions": len(stale[key]["stale"] | stale[key]["failed"]),
            "partitions": len(expected[key]),
            "waiting_partitions": len(stale[key]["waits"] - stale[key]["stale"]),
            "failed_partitions": len(stale[key]["failed"]),
            "reasons": ", ".join(f"{reason} {count}" for reason, count in sorted(reasons[key].items())) or "none",
        }
        for key in keys
    }


def tell(instance: dg.DagsterInstance, situation: Situation, plan: Plan, failing: Collection[object] = ()) -> int:
    """Writes the checks that say something else than they did, or of which an asset was materialized since; returns how many."""
    keys = list(project_graph().by_key)
    found = facts_of(situation, plan, keys, failing)
    newest = _materialised(instance, keys)
    told = orjson.loads(instance.daemon_cursor_storage.get_cursor_values({TOLD}).get(TOLD) or "{}")
    now = {key: [*found[key].values(), newest.get(key)] for key in keys}
    changed = [key for key in keys if told.get(key) != now[key]]
    for key in changed:
        shown = metadata(found[key])
        passed = not found[key]["stale_partitions"]
        evaluation = dg.AssetCheckEvaluation(
            asset_key=dg.AssetKey(key.split("/")), check_name=NAME, passed=passed, severity=dg.AssetCheckSeverity.WARN, metadata=shown
        )
        instance.report_runless_asset_event(evaluation)
    if changed:
        instance.daemon_cursor_storage.set_cursor_values({TOLD: orjson.dumps(now).decode()})
    return len(changed)


def _materialised(instance: dg.DagsterInstance, keys: Sequence[str]) -> Mapping[str, int | None]:
    """Asset → its newest materialization."""
    records = instance.get_asset_records([dg.AssetKey(key.split("/")) for key in keys])
    return {"/".join(record.asset_entry.asset_key.path): record.asset_entry.last_materialization_storage_id for record in records}
