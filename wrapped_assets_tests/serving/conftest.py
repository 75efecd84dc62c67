"""An S3 server of this machine, for whatever sends pages to a store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.serving.rendered import target as targets
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.serving.s3_server import Store, s3_server
from wrapped_assets_tests.small_roots import copied, prepared


@pytest.fixture(scope="session")
def _published_small(_small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared(_small, tmp_path_factory.mktemp("published") / "root", lambda root: publish_edition(Project(root), 2025))


@pytest.fixture
def published_small(_published_small: Path, tmp_path: Path) -> Iterator[Root]:
    """A copy of the small root whose edition of 2025 is published."""
    yield from copied(_published_small, tmp_path / "published")


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A server whose address and credentials are in the environment; what it refuses is tried again for two seconds at most."""
    monkeypatch.setattr(targets, "_RETRIES", {"max_retries": 2, "retry_timeout": timedelta(seconds=2)})
    with s3_server() as (found, environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        yield found
