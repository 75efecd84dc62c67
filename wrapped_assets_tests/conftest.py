"""Data roots that tests share: built once a session, handed out as copies."""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from wrapped_assets.building.build import build
from wrapped_assets.building.importing import Person, import_paths
from wrapped_assets.building.situate import Project
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.postgres import postgres, postgres_server
from wrapped_assets_tests.small_roots import KEY, SMALL_PLAYS, copied, import_small

__all__ = ["postgres", "postgres_server"]
pytest_plugins = ["wrapped_assets_tests.running"]

# No deadline: a claim about speed is a benchmark's, never a timed test's. The default run tries the same examples every time, so that
# only a change of the project can turn it red; HYPOTHESIS_PROFILE=search looks for new ones.
settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, derandomize=False, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


HOUSEHOLD = Path(__file__).parents[1] / "data" / "household"


def pytest_collection_finish() -> None:
    """The garbage collector need not look again at what was loaded until here: all of it stays."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def _small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("small") / "root"
    root = Root.open_or_make(path, 2, KEY)
    import_small(root, SMALL_PLAYS)
    assert build(Project(root)).failed == []
    root.engine.dispose()
    return path


@pytest.fixture(scope="session")
def _household(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("household") / "root"
    root = Root.open_or_make(path, 2, KEY)
    for member in json.loads((HOUSEHOLD / "household.json").read_text())["listeners"]:
        person = Person(member["name"], member["time_zone"], member["country"], member["birth_year"])
        import_paths(root, [HOUSEHOLD / name for name in member["files"]], person)
    assert build(Project(root)).failed == []
    root.engine.dispose()
    return path


@pytest.fixture
def small(_small: Path, tmp_path: Path) -> Iterator[Root]:
    """A copy of a built root with two buckets: ana and bo in the first, cy in the second; plays from 2023 to 2025."""
    yield from copied(_small, tmp_path / "small")


@pytest.fixture
def household(_household: Path, tmp_path: Path) -> Iterator[Root]:
    """A copy of the bundled household, built."""
    yield from copied(_household, tmp_path / "household")


@pytest.fixture(scope="session")
def household_to_read(_household: Path) -> Path:
    """The household's root itself, for what changes nothing."""
    return _household
