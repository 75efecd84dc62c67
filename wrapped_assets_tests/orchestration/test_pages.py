"""Rendered pages from the UI: as many as the command writes, refused where the command refuses."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.data_version import DATA_VERSION_TAG

from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.definitions import defs
from wrapped_assets.orchestration import pages
from wrapped_assets.orchestration.lake import Lake
from wrapped_assets.storage.responsible import Controller, set_controller
from wrapped_assets.storage.root import Root


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
    assert len(list((tmp_path / "site" / "2025" / "1").rglob("*.gz"))) == 3
