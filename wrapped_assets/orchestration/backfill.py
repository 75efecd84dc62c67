"""Backfills a range of dates from the command line: in this process, without a daemon, months and years in a run each."""

from collections.abc import Collection, Sequence
from pathlib import Path

import dagster as dg
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG

from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.orchestration.instance import open_instance
from wrapped_assets.orchestration.lake import Lake, Recompute
from wrapped_assets.orchestration.partitions import ranges


def backfill(
    root: Path, selection: Sequence[str] | None, first: str, last: str, buckets: Collection[int] = (), recompute: str = "stale"
) -> list[dg.ExecuteInProcessResult]:
    """Materializes assets (None: all) over the months and years of a range, both ends included; one run per kind of partition.

    `first` and `last` are YYYY-MM or YYYY. The runs are recorded as any other, and look the same in the UI; a failed one is the last.
    InputError for an asset or a date that does not exist.
    """
    graph = project_graph()
    keys = {graph.find(name).key for name in selection} if selection else set(graph.by_key)
    instance = open_instance(root)
    from wrapped_assets.orchestration.location import definitions  # reads the environment that was just set

    defs = definitions()

    lake = Lake(data=str(root.absolute()), buckets=sorted(buckets), recompute=Recompute(recompute))
    runs = []
    for monthly, start, end in ranges(first, last):
        wanted = sorted(key for key in keys if (graph.by_key[key].kind == "month_bucket") == monthly)
        if wanted:
            runs.append(_run(defs, instance, wanted, (start, end), lake))
            if not runs[-1].success:
                break
    return runs


def _run(
    defs: dg.Definitions, instance: dg.DagsterInstance, keys: Sequence[str], span: tuple[str, str], lake: Lake
) -> dg.ExecuteInProcessResult:
    job = defs.resolve_implicit_global_asset_job_def()
    return job.execute_in_process(
        instance=instance,
        asset_selection=[dg.AssetKey(key.split("/")) for key in keys],
        run_config=dg.RunConfig(resources={"lake": lake}, loggers={"console": {"config": {"log_level": "ERROR"}}}),
        tags={ASSET_PARTITION_RANGE_START_TAG: span[0], ASSET_PARTITION_RANGE_END_TAG: span[1]},
        raise_on_error=False,
    )
