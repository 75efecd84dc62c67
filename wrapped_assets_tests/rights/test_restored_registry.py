"""A registry of a backup that was made while an erasure was open: it says so at every command until the erasure is carried out again."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import WrappedError
from wrapped_assets.rights.cases import open_cases
from wrapped_assets.rights.erasing import resume
from wrapped_assets.storage import registry, tombstones
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.commands.running import document, run


def restored(root: Root, backup: Path) -> None:
    """Puts the registry of a backup back, and nothing else."""
    root.engine.dispose()
    for path in root.path.glob("registry.sqlite*"):
        path.unlink()
    shutil.copyfile(backup, root.path / "registry.sqlite")


@pytest.fixture
def root(small: Root, tmp_path: Path) -> Root:
    """A root whose registry is from the midst of an erasure of cy that was finished since."""
    open_cases(small, [registry.find_listener(small, "cy")])
    with small.engine.connect() as connection:
        connection.exec_driver_sql("vacuum into ?", (str(tmp_path / "backup"),))
    run(small.path, "status")  # an erasure that a crash interrupted keeps nobody from their work
    assert len(resume(Project(small))) == 1
    restored(small, tmp_path / "backup")
    return Root.open(small.path)


def test_every_command_says_that_the_registry_does_not_know_of_the_end_of_an_erasure(root: Root) -> None:
    for command in (["status"], ["plan"], ["build"], ["show", "insights/top_artists", "--year", "2025"], ["erase", "--resume"]):
        assert "wrapped erase --replay" in run(root.path, *command, code=1).stderr, command
    (done,) = document(root.path, "erase", "--replay", "--yes")
    assert done["searched"]["hits"] == 0
    assert {each.name for each in registry.all_listeners(Root.open(root.path))} == {"ana", "bo"}
    run(root.path, "status")
    assert document(root.path, "erase", "--replay") == []


def test_who_was_to_be_erased_is_known_by_the_open_case_when_the_list_has_forgotten_the_name(root: Root) -> None:
    tombstones.expire(root.replaying(), datetime.now(UTC) + timedelta(days=400))
    with pytest.raises(WrappedError, match="erase --replay"):
        root.engine  # noqa: B018
    run(root.path, "erase", "--replay", "--yes")
    assert {each.name for each in registry.all_listeners(Root.open(root.path))} == {"ana", "bo"}
