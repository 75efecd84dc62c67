"""An S3 server of this machine, for whatever sends pages to a store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from wrapped_assets.serving.rendered import target as targets
from wrapped_assets_tests.serving.s3_server import Store, s3_server


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A server whose address and credentials are in the environment; what it refuses is tried again for two seconds at most."""
    monkeypatch.setattr(targets, "_RETRIES", {"max_retries": 2, "retry_timeout": timedelta(seconds=2)})
    with s3_server() as (found, environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        yield found
