"""The mirror: what was imported and built without Dagster is shown by it."""

from wrapped_assets.building.build import build
from wrapped_assets.building.situate import Project
from wrapped_assets.orchestration.instance import open_instance
from wrapped_assets.orchestration.mirror import mirror, state
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.orchestration.conftest import data_versions


def test_the_mirror_tells_dagster_what_was_built_without_it(root: Root) -> None:
    project = Project(root)
    before = state(root)
    build(project)
    assert state(root) != before
    with open_instance(root.path) as instance:
        assert mirror(project, instance) > 50
        assert mirror(project, instance) == 0
    assert set(data_versions(root, "insights/top_artists")) == {"2024", "2025"}
    assert set(data_versions(root, "sources/landed_plays")) == {"2024-03", "2024-04", "2025-01"}
    assert set(data_versions(root, "aggregates/listener_days")) >= {"2024-03", "2024-04", "2025-01"}
