"""Jobs over a range of dates: what they show before, compute, leave alone and try again, months and years in one run."""

from __future__ import annotations

import errno
from datetime import date

import dagster as dg
import pytest
from dagster._core.errors import DagsterExecutionInterruptedError

from wrapped_assets.building import build as building
from wrapped_assets.building.build import build
from wrapped_assets.building.dispatch import Dispatch
from wrapped_assets.contracts.errors import RegistryUnavailable
from wrapped_assets.definitions import defs
from wrapped_assets.orchestration import automation, facts
from wrapped_assets.orchestration import lake as lakes
from wrapped_assets.orchestration.attempts import note_failures
from wrapped_assets.orchestration.lake import Lake, open_project
from wrapped_assets.planning.plan import make_plan
from wrapped_assets.storage import registry
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.scrub import scrub
from wrapped_assets_tests.small_roots import import_text, lake_files

OPS = {"plan": "look_ahead", "build": "build_the_range", "retry_failed": "build_what_failed"}


def run(instance: dg.DagsterInstance, job: str, lake: Lake | None = None, **config: object) -> dg.ExecuteInProcessResult:
    ops = {OPS[job]: {"config": config}} if config else {}
    made = dg.RunConfig(ops=ops, resources={"lake": lake or Lake()})
    return defs.resolve_job_def(job).execute_in_process(instance=instance, run_config=made, raise_on_error=False)


def shown(done: dg.ExecuteInProcessResult) -> dict[str, object]:
    """What a run says of its op's output."""
    (output,) = [event for event in done.all_events if event.is_successful_output]
    return {name: found.value for name, found in output.step_output_data.metadata.items()}


def stale(root: Root) -> set[str]:
    return {str(step.cell) for step in make_plan(open_project(root.path).situation()).steps}


@pytest.mark.slow
def test_what_a_build_computes_is_shown_before_and_nothing_else_is_computed(small: Root, instance: dg.DagsterInstance) -> None:
    for text in ("2024-06-02 walk*3", "2025-03-07 walk*3 eple"):
        import_text(small, "ana", text)
    before, files = stale(small), lake_files(small)
    ahead = run(instance, "plan", first="2024-05", last="2024-12", assets="aggregates/*")
    assert stale(small) == before
    assert lake_files(small) == files
    facts_, rows = shown(ahead), [record.data for record in shown(ahead)["what"].records]
    assert facts_["cells"] == sum(row["cells"] for row in rows)
    assert {(row["first"], row["last"]) for row in rows} <= {("2024-06", "2024-06"), ("2024", "2024")}
    done = run(instance, "build", first="2024-05", last="2024-12", assets="aggregates/*")
    counts = shown(done)
    assert counts["computed"] + counts["cut_off"] == facts_["cells"]
    assert counts["reported"] > 0
    left = stale(small)
    assert len(before) - len(left) >= facts_["cells"]
    assert not [cell for cell in left if cell.startswith("aggregates/") and "2024" in cell]
    assert [cell for cell in left if "2025-03" in cell]


@pytest.mark.slow
def test_all_cells_of_chosen_buckets_are_computed_and_come_out_the_same(small: Root, instance: dg.DagsterInstance) -> None:
    files = lake_files(small)
    chosen = {"first": "2025", "last": "2025", "assets": "insights/top_artists", "buckets": [1], "recompute": "all"}
    assert shown(run(instance, "plan", **chosen)).items() >= {"cells": 1, "waiting": 0}.items()
    assert shown(run(instance, "build", **chosen))["computed"] == 1
    assert lake_files(small).keys() == files.keys()


@pytest.mark.slow
@pytest.mark.parametrize("place", [{"workers": 2}, {"on": "ray", "workers": 2}])
def test_a_run_computes_where_its_config_says(
    small: Root, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch, place: dict[str, object]
) -> None:
    files, carried_out = lake_files(small), []
    real = Dispatch.run
    monkeypatch.setattr(Dispatch, "run", lambda self: carried_out.append(type(self._crew.executor).__name__) or real(self))
    chosen = {"first": "2025", "last": "2025", "assets": "insights/top_artists", "recompute": "all"}
    assert shown(run(instance, "build", Lake(**place), **chosen))["computed"] == 2
    assert carried_out == ["OnRay" if "on" in place else "Local"]
    assert lake_files(small).keys() == files.keys()


def test_a_place_that_is_none_is_refused_and_not_repeated(small: Root, instance: dg.DagsterInstance) -> None:
    done = run(instance, "build", Lake(on="the moon"), first="2025", recompute="all")
    (failed,) = [event for event in done.all_events if event.is_step_failure]
    assert not [event for event in done.all_events if event.is_step_up_for_retry]
    assert "the moon" not in str(failed.event_specific_data.error)


@pytest.mark.parametrize("config", [{"first": "2025", "last": "2024"}, {"first": "Ana"}, {"assets": "nonsense"}])
def test_a_range_or_an_asset_that_does_not_exist_is_refused_and_not_repeated(instance: dg.DagsterInstance, config: dict[str, str]) -> None:
    done = run(instance, "build", **config)
    (failed,) = [event for event in done.all_events if event.is_step_failure]
    assert not [event for event in done.all_events if event.is_step_up_for_retry]
    assert not any(value in str(failed.event_specific_data.error) for value in config.values() if not value.isdecimal())


@pytest.mark.slow
def test_what_failed_is_tried_again_across_assets_in_one_run_and_its_readers_with_it(small: Root, instance: dg.DagsterInstance) -> None:
    import_text(small, "ana", "2025-03-07 walk*3 eple")
    project, before = open_project(small.path), stale(small)
    failed = [cell for cell in project.situation().expected() if str(cell) in before and cell.asset == "aggregates/artist_months"]
    build(project, lambda situation: [cell for cell in situation.expected() if cell.asset == "listens/listens"])
    note_failures(project, instance, failed)
    registry.set_edition(small, 2023, window_end=date(2023, 12, 1))  # stale, too, and for a reason of its own
    done = shown(run(instance, "retry_failed"))
    assert done["failed"] == 0
    left = stale(small)
    assert not [cell for cell in left if cell.startswith("aggregates/artist_") and "2025" in cell]
    assert [cell for cell in left if "2023" in cell]
    assert shown(run(instance, "retry_failed"))["computed"] == 0


def test_a_canceled_build_leaves_whole_cells_and_the_rest_for_the_next(
    small: Root, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = lake_files(small)
    units = 0

    def canceled(*arguments: object) -> object:
        nonlocal units
        units += 1
        if units > 4:
            raise DagsterExecutionInterruptedError
        return real(*arguments)

    real = building.Pass.unit
    with monkeypatch.context() as patch:
        patch.setattr(building.Pass, "unit", canceled)
        done = run(instance, "build", recompute="all")
    assert not done.success
    assert not [event for event in done.all_events if event.is_step_up_for_retry]
    assert not stale(small)  # every cell is as it was, or as it came out again
    assert not scrub(small).faults
    assert lake_files(small).keys() == whole.keys()


@pytest.mark.parametrize(
    ("error", "helps"),
    [(RegistryUnavailable("away", may_pass=True), True), (RegistryUnavailable("full", may_pass=False), False),
     (OSError(errno.EBUSY, "Ana"), True), (OSError(errno.ENOSPC, "Ana"), False), (ZeroDivisionError("Ana"), False)],
)  # fmt: skip
def test_a_step_is_tried_again_where_that_may_help_and_only_there(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch, error: Exception, helps: bool
) -> None:
    """Otherwise it fails at once; a canceled one does, too: see the test above."""

    def fails(_path: object) -> None:
        raise error

    monkeypatch.setattr(lakes, "open_project", fails)
    monkeypatch.setattr(facts, "RETRY_SECONDS", 0)
    done = run(instance, "plan")
    again = [event for event in done.all_events if event.is_step_up_for_retry]
    assert len(again) == (facts.RETRIES if helps else 0)
    assert not done.success
    assert "Ana" not in "".join(str(event.event_specific_data) for event in done.all_events)


def test_the_planner_waits_for_a_build(instance: dg.DagsterInstance) -> None:
    for job in ("build", "retry_failed"):
        instance.add_run(dg.DagsterRun(job, run_id="0" * 32, status=dg.DagsterRunStatus.STARTED))
        assert automation.is_busy(instance)
        instance.delete_run("0" * 32)
