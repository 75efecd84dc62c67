"""However a number is written into code, changing it is seen or was refused: the constructs of the recompute benchmark."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


def _verdicts(*options: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.recompute.constructs", "--dry", *options], cwd=REPOSITORY, text=True, capture_output=True,
        env={**os.environ, "POLARS_MAX_THREADS": "1"}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not done.stderr  # neither stale, nor broken, nor without effect
    return done.stdout


def test_one_construct_in_forty_is_followed_or_refused() -> None:
    assert "| 0 |" in _verdicts("--every", "40")


@pytest.mark.slow
def test_every_construct_is_followed_or_refused() -> None:
    assert "| 0 |" in _verdicts()
