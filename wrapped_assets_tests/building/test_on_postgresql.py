"""A whole import and build with the registry and manifest on a PostgreSQL server."""

from __future__ import annotations

from pathlib import Path

import pytest

from wrapped_assets.building.build import build
from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.storage import publications
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.building.test_kills import start
from wrapped_assets_tests.small_roots import KEY, SMALL_PLAYS, import_small, lake_files, versions

pytestmark = pytest.mark.postgres


def test_the_lake_is_the_same_as_with_sqlite(small: Root, postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = versions(small), lake_files(small)
    monkeypatch.setenv("WRAPPED_REGISTRY_URL", postgres)
    root = Root.open_or_make(tmp_path / "root", 2, KEY)
    first = import_small(root, SMALL_PLAYS)
    assert all(report.accepted for report in first.values())
    assert build(Project(root)).failed == []
    assert (versions(root), lake_files(root)) == before
    assert [report.accepted for report in import_small(root, SMALL_PLAYS).values()] == [0, 0, 0]
    assert build(Project(root)).recomputed == []
    assert not list(root.path.glob("registry.sqlite*"))
    publish_edition(Project(root), 2025)
    assert publications.live(root)[2025].number == 1
    root.engine.dispose()


@pytest.mark.slow
def test_a_build_killed_inside_of_a_transaction_leaves_the_registry_as_it_was(
    small: Root, postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean = versions(small), lake_files(small)
    monkeypatch.setenv("WRAPPED_REGISTRY_URL", postgres)
    root = Root.open_or_make(tmp_path / "root", 2, KEY)
    import_small(root, SMALL_PLAYS)
    for transaction in (1, 4):
        before = versions(root)
        killed = start(root, transaction, "recorded")  # its rows are written and not committed
        killed.communicate("go\n")
        assert killed.returncode == 9
        assert (len(versions(root)) > len(before)) == (transaction > 1)
    finished = set(versions(root))
    report = build(Project(root))
    assert report.failed == []
    assert not finished & {str(cell) for cell in report.recomputed}
    assert (versions(root), lake_files(root)) == clean
    root.engine.dispose()
