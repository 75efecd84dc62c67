"""Rendered pages from the UI: as many as the command writes, refused where the command refuses."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.data_version import DATA_VERSION_TAG
from dagster._core.definitions.sensor_definition import SensorExecutionData

from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.definitions import defs
from wrapped_assets.orchestration import pages, withdrawing
from wrapped_assets.orchestration.lake import Lake
from wrapped_assets.serving.rendered.rendering import render
from wrapped_assets.serving.rendered.uploading import upload
from wrapped_assets.storage import registry
from wrapped_assets.storage.addresses import close_address
from wrapped_assets.storage.responsible import Controller, set_controller
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.commands.running import document, run


def test_pages_are_rendered_and_uploaded_from_the_ui(small: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRAPPED_DATA", str(small.path))
    rendering = defs.get_assets_def(pages.KEY)
    with dg.DagsterInstance.ephemeral() as instance:

        def rendered() -> dg.ExecuteInProcessResult:
            return dg.materialize([rendering], partition_key="2025", instance=instance, resources={"lake": Lake()}, raise_on_error=False,
                                  selection=[pages.KEY])  # fmt: skip

        def upload() -> str:
            where = {"year": 2025, "to": str(tmp_path / "site")}
            config = dg.RunConfig(ops={"upload_the_pages": {"config": where}}, resources={"lake": Lake()})
            done = defs.resolve_job_def("upload").execute_in_process(instance=instance, run_config=config, raise_on_error=False)
            return "".join(str(event.event_specific_data.error) for event in done.all_events if event.is_step_failure)

        assert not rendered().success, "nothing is published"
        publish_edition(Project(small), 2025)
        assert rendered().success
        assert rendered().success
        found = instance.fetch_materializations(dg.AssetRecordsFilter(pages.KEY, asset_partitions=["2025"]), limit=2).records
        again, first = ({name: each.value for name, each in record.asset_materialization.metadata.items()} for record in found)
        assert (first["pages"], first["written_pages"], first["output_changed"]) == (3, 3, 1)
        assert (again["written_pages"], again["reused_pages"], again["output_changed"]) == (0, 3, 0)
        versions = [(record.asset_materialization.tags or {})[DATA_VERSION_TAG] for record in found]
        assert versions[0] == versions[1]
        assert "controller" in upload()
        set_controller(small, Controller("Example Radio", "privacy@example.org"))
        assert upload() == ""
    assert len(list((tmp_path / "site" / "2025" / "1").rglob("*.html.gz"))) == 3


@pytest.mark.slow
def test_a_withdrawal_that_waits_at_a_target_is_amber_and_leaves_it_without_anybody_remembering(
    small: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRAPPED_DATA", str(small.path))
    set_controller(small, Controller("Example Radio", "privacy@example.org"))
    project = Project(small)
    site = tmp_path / "site"
    with dg.instance_for_test() as instance:

        def look() -> SensorExecutionData:
            """As the daemon does, which refuses more than a call of the function would."""
            return withdrawing.withdrawals.evaluate_tick(dg.build_sensor_context(instance=instance, definitions=defs))

        def is_amber() -> bool:
            key = dg.AssetCheckKey(pages.KEY, withdrawing.CHECK.name)
            (found,) = instance.event_log_storage.get_asset_check_execution_history(key, limit=1)
            assert found.evaluation.severity is dg.AssetCheckSeverity.WARN
            assert str(tmp_path) not in str(found.evaluation)
            return not found.evaluation.passed

        assert "Nothing was uploaded" in (look().skip_message or "")
        publish_edition(project, 2025)
        render(project, 2025)
        upload(project, 2025, str(site))
        assert not look().run_requests
        assert not is_amber()
        close_address(small, registry.find_listener(small, "ana"), 2025)
        (told,) = document(small.path, "status")["editions"][-1]["waiting"]
        assert told["address"] == str(site)
        assert told["objects"] > 2  # a page, packed twice, and what lies beside it
        assert "may not be shown any more" in run(small.path, "status").stdout
        (asked,) = look().run_requests
        assert (asked.run_key, is_amber()) == (look().run_requests[0].run_key, True)
        (site / "faces").rename(site / "away")  # as if the disk were away
        job = defs.resolve_job_def("withdraw")
        config = dg.RunConfig(resources={"lake": Lake()})
        assert not job.execute_in_process(instance=instance, run_config=config, raise_on_error=False).success
        (site / "away").rename(site / "faces")
        assert document(small.path, "status")["editions"][-1]["waiting"][0]["since"] == told["since"]
        assert job.execute_in_process(instance=instance, run_config=config).success
        assert not look().run_requests
        assert not is_amber()
        assert document(small.path, "status")["editions"][-1]["waiting"] == []
    assert len(list((site / "2025" / "1").rglob("*.html.gz"))) == 2
