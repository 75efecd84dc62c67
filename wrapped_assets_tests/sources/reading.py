"""Reads hand-made inputs in tests, and finds the real samples where they are present."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from wrapped_assets.contracts.source import PLAY_SCHEMA, REJECTED_SCHEMA, Head, Source

SAMPLES = Path(__file__).parents[3] / "shared" / "data"


def sample(*parts: str) -> Path:
    """A real sample; the test is skipped where it is not there."""
    path = SAMPLES.joinpath(*parts)
    if not path.exists():
        pytest.skip("the real samples are not in the repository: they are other people's exports")
    return path


def read(source: Source, content: bytes | str | Any, name: str = "file.json") -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The plays and the rejected rows of a file with that content, after checking the batches' columns and types."""
    raw = content if isinstance(content, bytes) else content.encode() if isinstance(content, str) else json.dumps(content).encode()
    head = Head(name, name, raw[:16_384])
    plays, rejected = [pl.DataFrame(schema=PLAY_SCHEMA)], [pl.DataFrame(schema=REJECTED_SCHEMA)]
    for batch in source.read(io.BytesIO(raw), head):
        assert dict(batch.plays.schema) == PLAY_SCHEMA
        assert dict(batch.rejected.schema) == REJECTED_SCHEMA
        plays.append(batch.plays)
        rejected.append(batch.rejected)
    return pl.concat(plays).to_dicts(), pl.concat(rejected).to_dicts()


def reasons(source: Source, content: bytes | str | Any, name: str = "file.json") -> list[str]:
    """Why rows were rejected, in the order of the file."""
    return [row["reason"] for row in read(source, content, name)[1]]
