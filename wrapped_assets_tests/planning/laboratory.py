"""Declarations written to real files of a package that lives for one test, so that their source can be read and changed."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.planning import loaded

Written = Callable[..., Declaration]
_numbers = count()

HEAD = """
import polars as pl
from wrapped_assets.contracts.declaration import declare
from wrapped_assets.vocabulary import columns as c
"""

DECLARED = """
@declare(layer="insights", kind="year_bucket", grain=[c.listener_id], columns=[c.listen_count],
         reads={"listener_days": [c.listener_id, c.listen_count]})
"""

BODY = '''
def totals(listener_days: pl.LazyFrame) -> pl.LazyFrame:
    """Listens of a year."""
    return listener_days.group_by("listener_id").agg(pl.col("listen_count").sum())
'''


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Written:
    """Writes a module (and others beside it) and gives back the asset `totals` that it declares.

    Each time the package `laboratory` has a name of its own, so that nothing that was read of another stands for it.
    """

    def write(body: str = BODY, *, above: str = "", declared: str = DECLARED, **beside: str) -> Declaration:
        package = f"laboratory_{next(_numbers)}"
        folder = tmp_path / package
        folder.mkdir()
        monkeypatch.setattr(loaded, "PACKAGES", {"wrapped_assets", package})
        for name, text in {"__init__": "", **beside, "asset": HEAD + above + declared.strip() + body}.items():
            (folder / f"{name}.py").write_text(text.replace("laboratory", package))
        monkeypatch.syspath_prepend(tmp_path)
        importlib.invalidate_caches()
        return importlib.import_module(f"{package}.asset").totals

    return write
