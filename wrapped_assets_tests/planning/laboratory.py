"""Declarations written to real files of a package that lives for one test, so that their source can be read and changed."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.planning import definitions, fingerprint, loaded, names, subset


def forget() -> None:
    """A module of the same name may be written anew: what was read of the one before is no longer asked for."""
    for kept in (names.tree_of, names.bound_in, definitions.written, subset.check_definition, fingerprint.checked):
        kept.cache_clear()
    for name in [name for name in loaded._names if name.partition(".")[0] == "laboratory"]:
        del loaded._names[name]


Written = Callable[..., Declaration]

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
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Written]:
    """Writes a module (and others beside it) and gives back the asset `totals` that it declares."""
    monkeypatch.setattr(loaded, "PACKAGES", {"wrapped_assets", "laboratory"})
    count = 0

    def write(body: str = BODY, *, above: str = "", declared: str = DECLARED, **beside: str) -> Declaration:
        nonlocal count
        count += 1
        folder = tmp_path / str(count) / "laboratory"
        folder.mkdir(parents=True)
        for name in [name for name in sys.modules if name.partition(".")[0] == "laboratory"]:
            del sys.modules[name]
        forget()
        (folder / "__init__.py").write_text("")
        for name, text in beside.items():
            (folder / f"{name}.py").write_text(text)
        (folder / "asset.py").write_text(HEAD + above + declared.strip() + body)
        monkeypatch.syspath_prepend(folder.parent)
        importlib.invalidate_caches()
        return importlib.import_module("laboratory.asset").totals

    yield write
    forget()
    for name in [name for name in sys.modules if name.partition(".")[0] == "laboratory"]:
        del sys.modules[name]
