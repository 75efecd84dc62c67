"""A published edition, and a toy export of it that waits to leave."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from wrapped_assets.building.build import build
from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.privacy import gate, policy
from wrapped_assets.storage.exports import ExportRecord
from wrapped_assets.storage.responsible import set_controller
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.privacy.toy import CONTROLLER, TOY, YEAR, agree, write_policy
from wrapped_assets_tests.small_roots import copy_root


@pytest.fixture(scope="session")
def published(_small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("published") / "root"
    copy_root(_small, path)
    root = Root.open(path)
    agree(root, "ana")
    agree(root, "bo")
    assert build(Project(root)).failed == []  # where people live is part of the population's figures
    publish_edition(Project(root), YEAR)
    set_controller(root, CONTROLLER)
    root.engine.dispose()
    return path


@pytest.fixture
def root(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Root]:
    write_policy(tmp_path / "policies")
    monkeypatch.setattr(policy, "POLICIES", tmp_path / "policies")
    copy_root(published, tmp_path / "root")
    root = Root.open(tmp_path / "root")
    yield root
    root.engine.dispose()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def staged(root: Root) -> ExportRecord:
    return gate.stage(root, TOY, YEAR)
