"""Workers of one build share a registry on a server: it restarts in the middle, their clocks are apart, their credentials are wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from wrapped_assets.building import local_executor
from wrapped_assets.building.build import build
from wrapped_assets.building.executor import Task, Worker
from wrapped_assets.building.local_executor import Process
from wrapped_assets.building.placement import executor_at
from wrapped_assets.building.ray_executor import Actor
from wrapped_assets.planning.plan import make_plan
from wrapped_assets.storage import consents, registry
from wrapped_assets.storage.groups import set_group
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.building.stoppable import few
from wrapped_assets_tests.building.unbuilt import _imported, files, server, unbuilt
from wrapped_assets_tests.commands.running import run
from wrapped_assets_tests.postgres import Server
from wrapped_assets_tests.small_roots import lake_files

__all__ = ["_imported", "files", "server", "unbuilt"]
pytestmark = pytest.mark.postgres

# Put before everything else that a worker's process does: the project's modules get another clock, and the same instants otherwise.
CLOCK = """
import datetime as module
real = module.datetime
class Kind(type):
    def __instancecheck__(cls, one):
        return isinstance(one, real)
class Shifted(real, metaclass=Kind):
    def __new__(cls, *values, **named):
        return real(*values, **named)
    @classmethod
    def now(cls, tz=None):
        return real.now(tz) + module.timedelta(days={days})
    @classmethod
    def fromisoformat(cls, text):
        return real.fromisoformat(text)
for name in ("polars", "psycopg", "sqlalchemy"):
    __import__(name)
module.datetime = Shifted
import wrapped_assets.building.worker, wrapped_assets.building.recording, wrapped_assets.storage.people
module.datetime = real
assert wrapped_assets.building.recording.datetime is wrapped_assets.storage.reading.datetime is Shifted
"""


@pytest.mark.slow
@pytest.mark.parametrize(("place", "kind"), [("local", Process), ("ray", Actor)])
def test_three_workers_go_on_after_the_server_was_restarted_in_the_middle(
    unbuilt: Root, server: Server, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, place: str, kind: type[Worker]
) -> None:
    every = {step.cell for step in make_plan(few(unbuilt).situation()).steps}
    given, real = list[Task](), kind.give  # type: ignore[attr-defined]

    def give(self: Worker, task: Task) -> None:
        real(self, task)
        given.append(task)
        if len(given) == 4:
            server.stop()
            server.start()

    monkeypatch.setattr(kind, "give", give)
    with executor_at(place, 3) as executor:
        report = build(few(unbuilt), workers=3, executor=executor)
    assert len(given) > 4
    assert (report.failed, report.cut_off) == ([], [])
    assert set(report.recomputed) == every
    assert len(report.recomputed) == len(every)
    left = build(few(unbuilt))
    assert (left.recomputed, left.failed) == ([], [])
    assert lake_files(unbuilt) == files


@pytest.mark.slow
@pytest.mark.parametrize("days", [-730, 730])
def test_workers_whose_clocks_are_years_apart_agree_about_who_has_agreed(
    unbuilt: Root, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    now = datetime.now(UTC)
    for name in ("ana", "bo"):
        said = {"valid_from": now - timedelta(days=30), "valid_until": now + timedelta(days=365)}
        consents.record(unbuilt, registry.find_listener(unbuilt, name), "group", "given", method="letter", **said)
    set_group(unbuilt, "home", ["ana", "bo"])
    real, started = local_executor.python, list[list[str]]()

    def python(code: str) -> list[str]:
        *command, last = real(code)
        started.append([*command, (CLOCK.format(days=days) if len(started) % 2 else "") + last])  # of every other worker
        return started[-1]

    monkeypatch.setattr(local_executor, "python", python)
    report = build(few(unbuilt), workers=2)
    assert len(started) == 2
    assert (report.failed, report.cut_off, report.lost) == ([], [], [])
    monkeypatch.undo()
    monkeypatch.setenv("WRAPPED_REGISTRY_URL", unbuilt.address)
    assert make_plan(few(unbuilt).situation()).steps == []
    before = lake_files(unbuilt)
    assert build(few(unbuilt), full=True).failed == []  # by one process with the right clock
    assert lake_files(unbuilt) == before
    assert any("group_overlaps/2025" in path for path in before)


def test_wrong_credentials_of_the_registry_are_said_without_the_password(unbuilt: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    right = unbuilt.address
    monkeypatch.setenv("WRAPPED_REGISTRY_URL", right.replace("wrapped@", "stranger:s3cret@"))
    for command in (["build"], ["build", "--workers", "2"], ["plan"], ["status"]):
        ended = run(unbuilt.path, *command, code=1)
        assert "s3cret" not in ended.output + ended.stderr
        assert "WRAPPED_REGISTRY_URL" in ended.stderr
        assert "Traceback" not in ended.stderr
    assert not list((unbuilt.path / "lake").rglob("*.parquet"))


