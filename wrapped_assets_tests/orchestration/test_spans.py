"""Months in review are partitions, other spans a job; both do what `wrapped build --span` does, and the planner keeps them up to date."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg
import pytest

from wrapped_assets.building.build import build
from wrapped_assets.building.situate import Project
from wrapped_assets.orchestration import spans
from wrapped_assets.orchestration.lake import Lake
from wrapped_assets.orchestration.location import definitions
from wrapped_assets.orchestration.materialisations import known_versions
from wrapped_assets.orchestration.mirror import mirror
from wrapped_assets.orchestration.staleness import stale
from wrapped_assets.storage import manifest
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.spans import ask_span, asked_spans


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as found:
        yield found


def _periods(root: Root) -> set[str]:
    return {cell.period for cell in manifest.load_cells(root) if cell.asset.startswith("spans/")}


@pytest.mark.slow
def test_a_month_a_job_and_the_planner_compute_the_cells_that_commands_compute(root: Root, instance: dg.DagsterInstance) -> None:
    build(Project(root))
    defs, lake = definitions(), {"lake": Lake(data=str(root.path))}
    months = defs.get_assets_def(spans.KEY)
    done = dg.materialize([months], partition_key="2024-04", resources=lake, instance=instance, selection=[spans.KEY])
    assert done.success
    assert _periods(root) == {"2024-04..2024-04", "2024-01..2024-03"}
    (event,) = done.asset_materializations_for_node("spans__months")
    assert event.partition == "2024-04"
    assert event.metadata["cells"].value == event.metadata["cells_recomputed"].value > 80
    assert known_versions(instance, "spans/months") == {"2024-04": spans.data_version(spans.cells_of_months(Project(root))["2024-04"])}

    empty = dg.materialize([months], partition_key="2025-06", resources=lake, instance=instance, selection=[spans.KEY])
    assert empty.success
    assert set(asked_spans(root)) == {"2024-04"}

    job = defs.get_job_def("spans").execute_in_process(
        run_config={"ops": {"compute_spans": {"config": {"names": ["2024-03..2025-01"]}}}}, instance=instance, resources=lake
    )
    assert job.success
    assert "2024-03..2025-01" in _periods(root)
    before = {cell: stored.data_version for cell, stored in manifest.load_cells(root).items()}
    assert not build(Project(root)).recomputed

    ask_span(root, "2025-01")
    request = stale(Project(root), instance).next_run("state", None)
    assert isinstance(request, dg.RunRequest)
    assert (request.job_name, request.tags.get("dagster/asset_partition_range_start")) == ("spans", None)
    assert defs.get_job_def("spans").execute_in_process(instance=instance, resources=lake).success
    assert stale(Project(root), instance).next_run("state", None) == "Everything is up to date."
    assert {cell: found.data_version for cell, found in manifest.load_cells(root).items() if cell in before} == before

    mirror(Project(root), instance)
    assert set(known_versions(instance, "spans/months")) >= {"2024-04", "2025-01"}


def test_a_span_that_is_none_fails_the_job_with_what_to_write(root: Root, instance: dg.DagsterInstance) -> None:
    run = definitions().get_job_def("spans").execute_in_process(
        run_config={"ops": {"compute_spans": {"config": {"names": ["2024-13"]}}}}, instance=instance,
        resources={"lake": Lake(data=str(root.path))}, raise_on_error=False,
    )  # fmt: skip
    assert not run.success
    assert any("expected a month" in str(event.event_specific_data) for event in run.all_events if event.is_step_failure)


def test_the_months_read_what_the_insights_of_a_year_read() -> None:
    graph = definitions().resolve_asset_graph()
    read = {key.to_user_string() for key in graph.get(spans.KEY).parent_keys}
    assert {"aggregates/recording_months", "aggregates/artist_months", "aggregates/recording_history", "catalogue/tracks"} <= read
    assert not any(key.startswith(("spans/", "population/")) for key in read)
