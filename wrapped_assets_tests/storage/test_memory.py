"""A process that computes uses memory again, unless its user has said otherwise."""

from __future__ import annotations

import os
import subprocess
import sys

BUILDS = """
import os, sys
from wrapped_assets.commands.build import prepare_to_compute
from pathlib import Path
try:
    prepare_to_compute(Path("nowhere"))
except Exception:
    pass
assert "polars" not in sys.modules  # afterwards it would be too late
import polars
print(os.environ["_RJEM_MALLOC_CONF"])
"""


def said_by(code: str, **environment: str) -> str:
    around = {name: value for name, value in os.environ.items() if "MALLOC" not in name}
    return subprocess.run([sys.executable, "-c", code], env=around | environment, check=True, capture_output=True, text=True).stdout.strip()


def test_a_build_sets_up_memory_before_polars_is_imported() -> None:
    assert said_by(BUILDS).endswith(",narenas:1,oversize_threshold:0")


def test_what_the_user_has_set_stays() -> None:
    assert said_by(BUILDS, _RJEM_MALLOC_CONF="narenas:3").endswith(",narenas:3")
