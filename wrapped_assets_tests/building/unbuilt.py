"""A root that is imported and not built, and the files that one process makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from wrapped_assets.building.build import build
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.building.stoppable import few
from wrapped_assets_tests.postgres import Server, running_server
from wrapped_assets_tests.small_roots import KEY, copy_root, import_small, import_text, lake_files

PLAYS = {
    "ana": "2024-12-31 walk@23:50*2, 2025-01-03 eple*4 moon/bo+ana/dusk, 2025-02-01 eple so_here*2",
    "bo": "2025-01-03 walk*2, 2025-02-01 night@00:10 eple",
    "cy": "2025-01-31 night@22:00*5, 2025-02-20 moon*2 eple",
}


@pytest.fixture(scope="module")
def _imported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """A root to build, and the files that one process makes of it."""
    folder = tmp_path_factory.mktemp("workers")
    root = Root.open_or_make(folder / "imported", 2, KEY)
    for name, text in PLAYS.items():
        import_text(root, name, text)
    root.engine.dispose()
    copy_root(root.path, folder / "built")
    alone = Root.open(folder / "built")
    assert build(few(alone)).failed == []
    return root.path, lake_files(alone)


@pytest.fixture
def imported(_imported: tuple[Path, dict[str, bytes]], tmp_path: Path) -> Iterator[Root]:
    copy_root(_imported[0], tmp_path / "root")
    root = Root.open(tmp_path / "root")
    yield root
    root.engine.dispose()


@pytest.fixture
def files(_imported: tuple[Path, dict[str, bytes]]) -> dict[str, bytes]:
    return _imported[1]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A PostgreSQL server of the module's own, which its tests may stop."""
    with running_server() as started:
        yield started


@pytest.fixture
def unbuilt(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Root]:
    """A root whose registry is a database of that server, imported and not built."""
    monkeypatch.setenv("WRAPPED_REGISTRY_URL", server.new_database())
    root = Root.open_or_make(tmp_path / "root", 2, KEY)
    import_small(root, PLAYS)
    yield root
    root.engine.dispose()
