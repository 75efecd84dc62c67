"""Links that processes make before the plan are those that the plan would make, and a plan holds the links of no bucket."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from wrapped_assets.building import bucket_links, linking_ahead
from wrapped_assets.building.link_marks import folder_of
from wrapped_assets.building.linking_ahead import link_ahead
from wrapped_assets.building.situate import Project
from wrapped_assets.storage.root import Root


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture
def unlinked(small: Root, monkeypatch: pytest.MonkeyPatch) -> Root:
    """A root of two buckets whose links are gone, on two processors."""
    monkeypatch.setattr(linking_ahead, "processors", lambda: 2)
    shutil.rmtree(folder_of(small))
    return small


def test_the_links_of_two_processes_are_those_of_the_plan(unlinked: Root) -> None:
    Project(unlinked).situation()
    of_the_plan = files_in(folder_of(unlinked))
    shutil.rmtree(folder_of(unlinked))
    link_ahead(unlinked, 2, 60)
    assert files_in(folder_of(unlinked)) == of_the_plan != {}


def test_a_plan_makes_what_a_lost_process_did_not(unlinked: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linking_ahead, "python", lambda code: [sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"])
    link_ahead(unlinked, 2, 60)
    assert not folder_of(unlinked).exists()
    Project(unlinked).situation()
    assert files_in(folder_of(unlinked))


def test_a_process_that_was_stopped_holds_no_build_up(unlinked: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linking_ahead, "python", lambda code: [sys.executable, "-c", "import os; os.kill(os.getpid(), 19)"])
    link_ahead(unlinked, 2, 0.5)
    Project(unlinked).situation()
    assert files_in(folder_of(unlinked))


def test_nothing_is_started_where_all_links_are_kept(small: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(code: str) -> list[str]:
        raise AssertionError("started a process")

    monkeypatch.setattr(linking_ahead, "processors", lambda: 2)
    monkeypatch.setattr(linking_ahead, "python", refuse)
    link_ahead(small, 2, 60)


def test_a_plan_opens_no_table_of_kept_links(small: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*slot: object) -> None:
        raise AssertionError("read the links of a bucket")

    monkeypatch.setattr(bucket_links, "links_of", refuse)
    situation = Project(small).situation()
    assert situation.landed
