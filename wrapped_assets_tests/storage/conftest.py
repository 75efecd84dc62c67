"""An object store on this machine, for tests of what lies in one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from wrapped_assets.storage import object_files
from wrapped_assets_tests.serving.s3_server import Store, s3_server


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    with s3_server() as (found, environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        object_files._opened.cache_clear()
        yield found
        object_files._opened.cache_clear()
