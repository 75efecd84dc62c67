"""A server that restarts or drops its connections while a build runs costs a moment; one that stays away, a clear error."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psycopg
import pytest

from wrapped_assets.building import patience, recording
from wrapped_assets.building.build import build
from wrapped_assets.planning.plan import make_plan
from wrapped_assets.storage import unavailable
from wrapped_assets.storage.cell_files import CellRows, Written
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.stored_files import Transaction
from wrapped_assets_tests.building.stoppable import few
from wrapped_assets_tests.commands.running import run
from wrapped_assets_tests.postgres import Server, running_server
from wrapped_assets_tests.small_roots import KEY, import_small, import_text, lake_files, versions

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server() as started:
        yield started


@pytest.fixture
def stale(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Root]:
    """A root on the server, imported and not built."""
    monkeypatch.setenv("WRAPPED_REGISTRY_URL", server.new_database())
    root = Root.open_or_make(tmp_path / "root", 2, KEY)
    import_small(root, {"ana": "2025-01-03 eple*4 moon/bo", "cy": "2025-01-31 night@22:00*5"})
    yield root
    root.engine.dispose()


def at_the_third_cell(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    real, count = recording.write_cells, 0

    def writing(root: Root, wanted: Sequence[CellRows], transaction: Transaction) -> list[Written]:
        nonlocal count
        before, count = count, count + len(wanted)
        if before < 3 <= count:
            happens()
        return real(root, wanted, transaction)

    monkeypatch.setattr(recording, "write_cells", writing)


@pytest.mark.slow
def test_a_build_goes_on_after_its_connections_were_dropped(stale: Root, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def drop() -> None:
        with psycopg.connect(server.address.format("postgres"), autocommit=True) as connection:
            connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname like 'registry%'")

    at_the_third_cell(monkeypatch, drop)
    assert build(few(stale)).failed == []
    assert_as_built_in_one_go(stale)


def test_a_build_goes_on_after_its_server_was_restarted(stale: Root, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    at_the_third_cell(monkeypatch, lambda: (server.stop(), server.start()))
    assert build(few(stale)).failed == []
    assert_as_built_in_one_go(stale)


def test_a_server_that_stays_away_ends_the_command_with_what_to_do(
    stale: Root, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "PAUSES", (0.01, 0.01))
    monkeypatch.setattr(unavailable, "_PAUSES", ())
    at_the_third_cell(monkeypatch, server.stop)
    ended = run(stale.path, "build", code=1)
    assert "the registry is not available: the server" in ended.stderr
    assert "run the command again" in ended.stderr
    assert "unexpectedly" not in ended.stderr
    for command in (["status"], ["plan"], ["edition", "show"]):
        assert "the server cannot be reached" in run(stale.path, *command, code=1).stderr
    server.start()
    monkeypatch.undo()


def assert_as_built_in_one_go(root: Root) -> None:
    before, files = versions(root), lake_files(root)
    assert make_plan(few(root).situation()).steps == []
    assert build(few(root), full=True).failed == []
    assert (versions(root), lake_files(root)) == (before, files)
    import_text(root, "ana", "2025-02-02 eple")
    assert build(few(root)).failed == []
