"""The worlds of the attacks, made once for each number of buckets and handed out as copies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from wrapped_assets.storage.root import Root
from wrapped_assets_tests.rights.worlds import friends
from wrapped_assets_tests.small_roots import copy_root


@pytest.fixture(scope="session")
def _worlds(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    @cache
    def made(bucket_count: int) -> Path:
        root = friends(tmp_path_factory.mktemp(f"friends{bucket_count}") / "root", bucket_count)
        root.engine.dispose()
        return root.path

    return made


@pytest.fixture
def world(_worlds: Callable[[int], Path], tmp_path: Path) -> Iterator[Callable[[int], Root]]:
    """Makes a copy of the friends' world with so many buckets."""
    opened = []

    def copied(bucket_count: int) -> Root:
        copy_root(_worlds(bucket_count), tmp_path / "friends")
        opened.append(Root.open(tmp_path / "friends"))
        return opened[-1]

    yield copied
    for root in opened:
        root.engine.dispose()
