"""A launch from the UI: the sensor asks for runs when there is something to do, the job carries the plan out, the asset says how far."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from wrapped_assets.building.situate import Project
from wrapped_assets.definitions import defs
from wrapped_assets.orchestration import launch
from wrapped_assets.orchestration.lake import Lake
from wrapped_assets.serving.launch import load
from wrapped_assets.serving.launch.carrying_out import approve
from wrapped_assets.serving.launch.load import Load
from wrapped_assets.storage import registry
from wrapped_assets.storage.launches import LaunchPlan, keep_plan, plans
from wrapped_assets.storage.responsible import Controller, set_controller
from wrapped_assets.storage.root import Root


def test_a_planned_launch_runs_by_itself_until_somebody_has_to_approve_and_flips_after_the_instant(
    small: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRAPPED_DATA", str(small.path))
    monkeypatch.setattr(load, "load_test", lambda *_: Load([0.001] * 100, took=1.0))
    www = tmp_path / "www"
    with dg.DagsterInstance.ephemeral() as instance:
        cursor: list[str | None] = [None]

        def tick() -> int:
            context = dg.build_sensor_context(instance=instance, cursor=cursor[0], definitions=defs)
            found = launch.launches.evaluate_tick(context)
            cursor[0] = found.cursor
            return len(found.run_requests or ())

        def run() -> str:
            config = dg.RunConfig(ops={"carry_the_plan_out": {"config": {"year": 2025}}}, resources={"lake": Lake()})
            done = defs.resolve_job_def("launch").execute_in_process(instance=instance, run_config=config, raise_on_error=False)
            return "".join(str(event.event_specific_data.error) for event in done.all_events if event.is_step_failure)

        def figures() -> dict[str, object]:
            done = dg.materialize([defs.get_assets_def(launch.KEY)], partition_key="2025", instance=instance,
                                  resources={"lake": Lake()}, selection=[launch.KEY], raise_on_error=False)  # fmt: skip
            found = done.asset_materializations_for_node("editions__launch") if done.success else []
            return {name: value.value for name, value in found[0].metadata.items()} if found else {}

        assert tick() == 0, "nothing is planned"
        assert figures() == {}
        launch_at = datetime.now(UTC) + timedelta(hours=2)
        registry.set_edition(small, 2025, launch_at=launch_at)
        keep_plan(small, LaunchPlan(2025, (str(www),), ("en",), launch_at - timedelta(hours=1)))
        assert tick() == 0, "it is not frozen yet"
        keep_plan(small, LaunchPlan(2025, (str(www),), ("en",), launch_at - timedelta(days=1)))
        assert tick() == 1
        assert "controller" in run(), "a fault stops the plan with its reason"
        assert plans(small)[2025].stopped
        assert tick() == 0
        set_controller(small, Controller("Example Radio", "privacy@example.org"))
        assert run() == ""
        assert tick() == 0, "somebody has to approve"
        expected = {"load_tested": 1, "approved": 0, "flipped": 0, "is_stopped": 0, "late_steps": 0}
        assert expected.items() <= figures().items()
        approve(Project(small), 2025, "Ada")
        assert tick() == 0, "the instant is to come"
        assert not (www / "2025" / "live").exists()
        registry.set_edition(small, 2025, launch_at=datetime.now(UTC) + timedelta(seconds=1))
        assert tick() == 1, "a run is started before the instant, and waits"
        assert run() == ""
        assert (www / "2025" / "live").exists()
        assert tick() == 0
        assert figures()["flipped"] == 1
