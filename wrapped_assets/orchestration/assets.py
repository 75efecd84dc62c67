"""Every declared asset as a Dagster asset."""

import warnings
from datetime import timedelta

import dagster as dg

from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.contracts.graph import EXTERNALS, Graph
from wrapped_assets.orchestration import checks
from wrapped_assets.orchestration.facts import step_by_step
from wrapped_assets.orchestration.groups import groups_of
from wrapped_assets.orchestration.instance import MEMORY
from wrapped_assets.orchestration.lake import Lake, fingerprints
from wrapped_assets.orchestration.partitions import Periods, dependencies
from wrapped_assets.orchestration.portrait import outside_portrait, portrait

# A schedule comes round before the warning, with a margin for a machine that was off.
FRESHNESS = {
    "month_bucket": dg.FreshnessPolicy.time_window(fail_window=timedelta(days=3), warn_window=timedelta(hours=36)),
    "year_bucket": dg.FreshnessPolicy.time_window(fail_window=timedelta(days=15), warn_window=timedelta(days=8)),
    "year": dg.FreshnessPolicy.time_window(fail_window=timedelta(days=15), warn_window=timedelta(days=8)),
}


def all_assets(graph: Graph, periods: Periods) -> list[dg.AssetsDefinition | dg.AssetSpec]:
    """Inputs from outside, then everything declared."""
    outside = [
        dg.AssetSpec(key=key.split("/"), partitions_def=periods.of_external(key), **outside_portrait(graph, name))
        for name, key in EXTERNALS.items()
    ]
    groups = groups_of(graph)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)  # backfill_policy
        return [*outside, *(asset_of(graph, periods, found, groups[key]) for key, found in graph.by_key.items())]


def asset_of(graph: Graph, periods: Periods, declaration: Declaration, group: str) -> dg.AssetsDefinition:
    """One declared asset. A run may ask for one partition or for a range, which is carried out as one, or for checks alone."""
    spec = dg.AssetSpec(
        key=declaration.key.split("/"),
        deps=dependencies(graph, declaration),
        partitions_def=periods.of(declaration),
        code_version=fingerprints()[declaration.key],
        freshness_policy=FRESHNESS[declaration.kind],
        **portrait(graph, declaration, group),
    )

    @dg.multi_asset(
        name=declaration.key.replace("/", "__"),
        specs=[spec],
        check_specs=checks.specs(declaration),
        can_subset=True,  # what makes a check executable without its asset
        backfill_policy=dg.BackfillPolicy.single_run(),
        pool=MEMORY if declaration.kind == "year" else None,
    )
    def compute(context: dg.AssetExecutionContext, lake: Lake):
        from wrapped_assets.orchestration.runs import run  # what reads and writes data is not needed to load

        yield from step_by_step(declaration.key, run(graph, declaration, context, lake))

    return compute
