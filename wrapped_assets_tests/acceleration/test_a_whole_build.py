"""A data root built by machine code has the cells of one that Polars built, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import steps
from wrapped_assets.acceleration import compiled
from wrapped_assets.building.situate import Project
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.small_roots import KEY


@pytest.mark.slow
def test_a_build_by_machine_code_is_the_build_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps.synth("60", "20000", str(tmp_path / "population"))
    found = {}
    for enough in (10**12, 0):
        for name in ("ENOUGH_ROWS", "ENOUGH_IN_ALL"):
            monkeypatch.setattr(compiled, name, enough)
        root = tmp_path / f"root-{enough}"
        Root.open_or_make(root, 1, KEY).engine.dispose()
        steps.land(str(tmp_path / "population"), str(root), "1")
        steps.inform(str(tmp_path / "population"), str(root))
        steps.build(str(root), "")
        found[enough] = {cell: (stored.data_version, stored.path) for cell, stored in Project(Root.open(root)).situation().stored.items()}
    assert compiled._compiled  # the second build used it
    assert found[0] == found[10**12]
    assert len(found[0]) > 500
