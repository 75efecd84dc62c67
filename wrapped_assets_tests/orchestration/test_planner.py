"""The planner: one run of months and then one of years over what is stale; what failed waits for a change; the UI says what is stale."""

from __future__ import annotations

from datetime import date

import dagster as dg
import pytest

from wrapped_assets.building.build import build
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import DeclarationError
from wrapped_assets.definitions import defs
from wrapped_assets.orchestration import asking, automation, staleness, up_to_date
from wrapped_assets.orchestration.attempts import note_failures
from wrapped_assets.orchestration.lake import open_project
from wrapped_assets.orchestration.mirror import mirror
from wrapped_assets.orchestration.partitions import Periods
from wrapped_assets.planning import loaded
from wrapped_assets.planning.situation import cells_of
from wrapped_assets.storage import registry
from wrapped_assets.storage.buckets import bucket_of
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.periods import Month
from wrapped_assets_tests.small_roots import import_text

RANGE = ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end")


def tick(instance: dg.DagsterInstance) -> dg.SensorResult | dg.SkipReason:
    return automation.planner(dg.build_sensor_context(instance=instance, definitions=defs))


def asked(instance: dg.DagsterInstance) -> tuple[str, str, str, set[str]]:
    """Job, first and last partition, and assets of the run that the planner requests."""
    (request,) = tick(instance).run_requests
    return request.job_name, request.tags[RANGE[0]], request.tags[RANGE[1]], {key.to_user_string() for key in request.asset_selection}


def carry_out(root: Root, request: tuple[str, str, str, set[str]]) -> None:
    """What the requested run builds."""
    _, first, last, keys = request
    inside = {cell.period for cell in Project(root).situation().expected() if first <= cell.period <= last}
    wanted = {period for period in inside if len(period) == len(first)}
    build(Project(root), lambda situation: cells_of(situation, keys, wanted))


def checks(instance: dg.DagsterInstance, key: str) -> dg.AssetCheckEvaluation:
    name = dg.AssetCheckKey(dg.AssetKey(key.split("/")), up_to_date.NAME)
    (found,) = instance.event_log_storage.get_asset_check_execution_history(name, limit=1)
    return found.evaluation


def test_a_fresh_project_is_up_to_date_and_says_so_once(instance: dg.DagsterInstance) -> None:
    assert tick(instance).skip_message == "Everything is up to date."
    assert checks(instance, "insights/top_artists").passed
    newest = instance.event_log_storage.get_maximum_record_id()
    assert tick(instance).skip_message == "Everything is up to date."
    assert instance.event_log_storage.get_maximum_record_id() == newest


def test_one_drop_is_one_run_of_months_and_then_one_of_years(small: Root, instance: dg.DagsterInstance) -> None:
    import_text(small, "ana", "2025-03-07 walk*3 eple")
    months = asked(instance)
    assert months[:3] == ("months", "2025-03", "2025-03")
    assert months[3] >= {"listens/plays", "listens/listens", "aggregates/artist_months"}
    assert not months[3] & {"insights/top_artists", "playlists/your_top_songs"}
    carry_out(small, months)
    years = asked(instance)
    assert (years[0], years[2]) == ("years", "2025")
    assert "insights/top_artists" in years[3]
    carry_out(small, years)
    assert isinstance(tick(instance), dg.SkipReason)


@pytest.mark.parametrize("status", [dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.STARTED])
def test_nothing_is_requested_while_a_run_of_assets_is_queued_or_under_way(
    small: Root, instance: dg.DagsterInstance, status: dg.DagsterRunStatus
) -> None:
    registry.set_edition(small, 2025, window_end=date(2025, 11, 10))
    first = tick(instance).run_requests[0]
    instance.add_run(dg.DagsterRun("months", run_id="0" * 32, status=status))
    assert "queued or under way" in (tick(instance).skip_message or "")
    instance.delete_run("0" * 32)
    instance.add_run(dg.DagsterRun("scrub", run_id="1" * 32, status=status))
    assert tick(instance).run_requests[0].run_key == first.run_key


def test_a_run_that_was_recorded_and_never_queued_holds_up_nobody_for_good(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance.add_run(dg.DagsterRun("months", run_id="0" * 32, status=dg.DagsterRunStatus.NOT_STARTED))
    assert asking.is_busy(instance)
    monkeypatch.setattr(asking, "SUBMITTED_SECONDS", -1)
    assert not asking.is_busy(instance)


def ends(instance: dg.DagsterInstance, run_id: str, status: dg.DagsterRunStatus) -> dg.RunRequest:
    """Lets the run that the planner requests end so, having computed nothing."""
    (request,) = tick(instance).run_requests
    tags = {**request.tags, "dagster/sensor_name": "planner", "dagster/run_key": request.run_key}  # as Dagster's daemon sets them
    instance.add_run(dg.DagsterRun(request.job_name, run_id=run_id * 32, status=status, tags=tags))
    return request


def test_what_was_canceled_is_left_to_the_operator_until_something_changes(small: Root, instance: dg.DagsterInstance) -> None:
    registry.set_edition(small, 2025, window_end=date(2025, 11, 10))
    ends(instance, "0", dg.DagsterRunStatus.CANCELED)
    assert "canceled" in (tick(instance).skip_message or "")
    registry.set_edition(small, 2025, window_end=date(2025, 11, 9))
    ends(instance, "1", dg.DagsterRunStatus.FAILURE)
    registry.set_edition(small, 2025, window_end=date(2025, 11, 10))  # back again: the canceled run is not the last
    assert tick(instance).run_requests


def test_what_ended_without_computing_anything_is_asked_for_again_after_a_pause_or_once_something_changed_and_changed_back(
    small: Root, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.set_edition(small, 2025, window_end=date(2025, 11, 10))
    first = ends(instance, "0", dg.DagsterRunStatus.FAILURE)
    assert "a minute, ten minutes and an hour later" in (tick(instance).skip_message or "")
    with monkeypatch.context() as patch:
        patch.setattr(staleness, "PAUSES", (0, 0))
        again = [ends(instance, number, dg.DagsterRunStatus.FAILURE) for number in "23"]  # as if the registry were away for a while
        assert {key.tags[staleness.ASKED] for key in again} == {first.tags[staleness.ASKED]}
        assert "tried again tomorrow" in (tick(instance).skip_message or "")
    registry.set_edition(small, 2025, window_end=date(2025, 11, 9))
    ends(instance, "1", dg.DagsterRunStatus.FAILURE)
    registry.set_edition(small, 2025, window_end=date(2025, 11, 10))
    (again,) = tick(instance).run_requests
    assert again.tags[staleness.ASKED] == first.tags[staleness.ASKED]
    assert again.run_key != first.run_key  # Dagster carries out a key once ever


def test_stale_periods_that_are_no_partitions_are_told(
    small: Root, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.set_edition(small, 2025, window_end=date(2025, 11, 10))
    with monkeypatch.context() as patch:
        patch.setattr(staleness, "loaded_periods", lambda: Periods(Month(2026, 1)))  # older data than when the definitions were loaded
        assert "Reload definitions" in (tick(instance).skip_message or "")
    monkeypatch.setattr(staleness, "running", lambda job: "2024-12" if job == "months" else "2024")  # a play of tomorrow, in another year
    assert "Reload definitions" in (tick(instance).skip_message or "")


def test_what_failed_is_not_tried_again_before_its_input_changes_and_holds_up_only_what_reads_it(
    small: Root, instance: dg.DagsterInstance
) -> None:
    import_text(small, "ana", "2025-03-07 walk*3 eple")
    months = asked(instance)
    project = open_project(small.path)
    bucket = bucket_of(small, small.surrogate("ana"))
    failed = cells_of(project.situation(), {"aggregates/artist_months"}, {"2025-03"}, {bucket})
    build(project, lambda situation: cells_of(situation, months[3] - {"aggregates/artist_months"}, {"2025-03"}))
    note_failures(project, instance, failed)
    years = asked(instance)
    assert years[0] == "years"
    assert "aggregates/recording_years" in years[3]
    assert not years[3] & {"aggregates/artist_years", "insights/top_artists", "aggregates/artist_months"}
    found = checks(instance, "aggregates/artist_months")
    assert (found.passed, found.metadata["failed_partitions"].value) == (False, 1)
    carry_out(small, years)
    assert "cells failed" in (tick(instance).skip_message or "")
    assert "cells failed" in (tick(instance).skip_message or "")
    import_text(small, "ana", "2025-03-08 walk*3 eple")
    assert asked(instance)[3] >= {"listens/plays", "aggregates/artist_months"}


def test_changed_code_turns_the_check_amber_and_a_build_green(
    small: Root, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror(open_project(small.path), instance)
    tick(instance)
    key = "insights/busiest_day"
    logic = {**open_project(small.path).logic, key: "0" * 32}
    real = automation._opened

    def changed() -> Project:
        project = real()
        project.logic = logic
        return project

    with monkeypatch.context() as patch:
        patch.setattr(automation, "_opened", changed)
        tick(instance)
    found = checks(instance, key)
    assert (found.passed, found.severity) == (False, dg.AssetCheckSeverity.WARN)
    automation.mirror(dg.build_sensor_context(instance=instance, definitions=defs))  # also where the planner is stopped
    assert checks(instance, key).passed
    with monkeypatch.context() as patch:
        patch.setattr(automation, "_opened", changed)
        automation.mirror(dg.build_sensor_context(instance=instance, definitions=defs))
    assert not checks(instance, key).passed
    assert found.metadata["stale_partitions"].value == found.metadata["partitions"].value == 3
    assert found.metadata["reasons"].value == "logic 5"
    assert checks(instance, "insights/top_artists").passed
    tick(instance)
    assert checks(instance, key).passed


def test_code_that_was_edited_and_not_reloaded_is_told_and_no_error(
    small: Root, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    def edited() -> Project:
        raise DeclarationError("it was edited")

    monkeypatch.setattr(automation, "_opened", edited)
    with pytest.raises(dg.Failure):
        tick(instance)
    monkeypatch.setitem(loaded._texts, loaded.path_of(automation.__name__), b"other")
    assert "Reload definitions" in (tick(instance).skip_message or "")
