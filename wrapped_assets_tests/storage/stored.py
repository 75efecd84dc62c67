"""A small data root whose files lie in a local store that speaks S3, and what the store was asked while it was made."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from wrapped_assets.building.build import build
from wrapped_assets.building.situate import Project
from wrapped_assets.storage import object_files, stores
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.serving.s3_server import Store, s3_server
from wrapped_assets_tests.small_roots import KEY, SMALL_PLAYS, copied, import_small

ADDRESS = "s3://bucket/lake"


@dataclass
class World:
    """`objects` and `requests` are those of the import and the build."""

    path: Path
    store: Store
    environment: dict[str, str]
    objects: dict[str, tuple[bytes, dict[str, str]]] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)


@pytest.fixture(scope="module")
def _stored_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    path = tmp_path_factory.mktemp("stored") / "root"
    with s3_server() as (store, environment), pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        object_files._opened.cache_clear()
        root = Root.open_or_make(path, 2, KEY, ADDRESS)
        import_small(root, SMALL_PLAYS)
        assert build(Project(root)).failed == []
        root.engine.dispose()
        shutil.rmtree(path / "cache")
        yield World(path, store, environment, dict(store.objects), list(store.requests))
        object_files._opened.cache_clear()


@pytest.fixture
def stored_world(_stored_world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The world with its store as it was after the build, and without what an earlier test made it do."""
    for name, value in _stored_world.environment.items():
        monkeypatch.setenv(name, value)
    quick = {"max_retries": 3, "retry_timeout": timedelta(seconds=5), "backoff": {"init_backoff": timedelta(milliseconds=10)}}
    monkeypatch.setattr(stores, "RETRIES", quick)
    object_files._opened.cache_clear()
    fresh = Store()
    for name in ("fault", "code", "garbles", "tears", "has_conditions", "has_md5_tags", "buckets", "lists", "uploads"):
        setattr(_stored_world.store, name, getattr(fresh, name))
    _stored_world.store.objects = dict(_stored_world.objects)
    _stored_world.store.requests.clear()
    return _stored_world


@pytest.fixture
def store(stored_world: World) -> Store:
    return stored_world.store


@pytest.fixture
def stored(stored_world: World, tmp_path: Path) -> Iterator[Root]:
    """The built root on a machine that has no copies yet; its registry is a copy, to which the store now belongs."""
    for root in copied(stored_world.path, tmp_path / "stored"):
        taking = root.taking_store()
        assert taking.files.store
        taking.engine.dispose()
        stored_world.store.requests.clear()
        yield root
