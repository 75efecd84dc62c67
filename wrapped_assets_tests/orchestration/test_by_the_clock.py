"""What the clock starts, seen firing with the clock moved: every schedule once a tick, and freshness that warns and then fails."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

import dagster as dg
import pytest
from dagster._core.definitions import freshness_evaluator
from dagster._core.definitions.freshness import FreshnessState
from dagster._core.loader import LoadingContextForTest
from dagster._utils.schedules import schedule_execution_time_iterator

from wrapped_assets.definitions import defs
from wrapped_assets.orchestration import automation, durations, staleness
from wrapped_assets.storage import registry
from wrapped_assets.storage.root import Root

NIGHT = datetime(2025, 11, 30, 12, tzinfo=UTC)  # a Sunday
LAUNCH = NIGHT + timedelta(days=3)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as made:  # a schedule opens it anew, which an ephemeral one does not allow
        yield made


def ticks(schedule: dg.ScheduleDefinition, count: int) -> list[datetime]:
    """The next times at which the daemon would evaluate it."""
    found = schedule_execution_time_iterator(NIGHT.timestamp(), schedule.cron_schedule, "UTC", ascending=True)
    return list(islice((at for at in found if at > NIGHT), count))


def asked(schedule: dg.ScheduleDefinition, instance: dg.DagsterInstance, at: datetime) -> list[dg.RunRequest]:
    context = dg.build_schedule_context(instance, scheduled_execution_time=at)
    return list(schedule.evaluate_tick(context).run_requests or [])


@pytest.mark.parametrize(
    ("name", "first"),
    [("nightly_scrub", "12-01T01:30"), ("nightly_retention", "12-01T02:30"), ("nightly_months", "12-01T03:30"),
     ("weekly_years", "12-01T04:30"), ("nightly_prune", "12-01T05:00"), ("hourly_before_launch", "11-30T13:00")],
)  # fmt: skip
def test_a_schedule_fires_at_its_time_and_asks_for_one_run_however_often_a_tick_is_evaluated(
    small: Root, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch, name: str, first: str
) -> None:
    monkeypatch.setenv("WRAPPED_DATA", str(small.path))
    registry.set_edition(small, 2025, launch_at=LAUNCH)
    schedule = defs.resolve_schedule_def(name)
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    now, *others = ticks(schedule, 12)
    later = next(at for at in others if at.date() > now.date() or name == "hourly_before_launch")
    assert f"{now:%m-%dT%H:%M}" == first
    keys = [request.run_key for at in (now, now, later) for request in asked(schedule, instance, at)]
    assert len(keys) == 3
    assert keys[0] == keys[1] != keys[2]
    defs.resolve_job_def(schedule.job_name)


def test_the_hourly_builds_begin_a_week_before_a_launch_and_end_with_it(
    small: Root, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRAPPED_DATA", str(small.path))
    hourly = defs.resolve_schedule_def("hourly_before_launch")
    assert not asked(hourly, instance, LAUNCH - timedelta(hours=1))  # no launch is set
    registry.set_edition(small, 2025, launch_at=LAUNCH)
    assert not asked(hourly, instance, LAUNCH - timedelta(days=7, hours=1))
    (request,) = asked(hourly, instance, LAUNCH - timedelta(hours=1))
    assert not asked(hourly, instance, LAUNCH)
    config = dg.validate_run_config(defs.resolve_job_def("build"), request.run_config)
    assert config["ops"]["build_the_range"]["config"].items() >= {"first": "2025", "last": "2025", "recompute": "stale"}.items()


@pytest.mark.parametrize(("key", "warns", "fails"), [("aggregates/listener_days", 37, 73), ("insights/top_artists", 193, 361)])
def test_freshness_warns_and_then_fails_where_the_schedules_did_not_run(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch, key: str, warns: int, fails: int
) -> None:
    asset = dg.AssetKey(key.split("/"))
    instance.report_runless_asset_event(dg.AssetMaterialization(asset, partition="2024"))
    node, now = defs.resolve_asset_graph().get(asset), datetime.now(UTC).timestamp()
    evaluator = freshness_evaluator.TimeWindowFreshnessPolicyEvaluator()

    def after(hours: int) -> FreshnessState:
        monkeypatch.setattr(freshness_evaluator, "get_current_timestamp", lambda: now + 3600 * hours)
        return asyncio.run(evaluator.evaluate_freshness(LoadingContextForTest(instance), node))

    assert [after(hours) for hours in (1, warns - 2, warns, fails)] == [
        FreshnessState.PASS, FreshnessState.PASS, FreshnessState.WARN, FreshnessState.FAIL
    ]  # fmt: skip


def test_runs_with_figures_over_all_listeners_take_turns() -> None:
    """The pool counts whole runs; more than one run at once is the operator's choice."""
    pools = {node.key.to_user_string(): node.pools for node in defs.resolve_asset_graph().asset_nodes if node.pools}
    assert set().union(*pools.values()) == {"memory"}
    assert "population/artist_chart" in pools
    assert "insights/top_artists" not in pools


def test_the_planner_says_how_long_each_part_of_its_newest_change_took() -> None:
    def record(job: str, world: str, start: float, end: float | None) -> dg.RunRecord:
        run = dg.DagsterRun(job, tags={staleness.WORLD: world, durations.PLANNED: "250"})
        return dg.RunRecord(1, run, NIGHT, NIGHT, NIGHT.timestamp() + start, end and NIGHT.timestamp() + end)

    months, years = record("months", "new", 5, 17.2), record("years", "new", 20, 41)
    whole = " The last change took 41 s: planned in 500 ms, months computed in 12 s, years in 21 s."
    assert durations.took([years, months]) == whole
    assert durations.took([record("years", "new", 20, None), months]) == ""
    assert durations.took([]) == ""


def test_every_schedule_is_tested_here() -> None:
    here = {"nightly_scrub", "nightly_retention", "nightly_months", "weekly_years", "nightly_prune", "hourly_before_launch"}
    assert {schedule.name for schedule in automation.SCHEDULES} == here
