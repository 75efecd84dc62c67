"""Every compared insight, computed again in another engine, is the same row for row."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("duckdb")

from benchmarks import agreement, duckdb_twin, steps


def test_sixteen_insights_of_a_population_agree_with_sql(tmp_path: Path) -> None:
    source, root, sql = (tmp_path / name for name in ("population", "root", "sql"))
    steps.synth("60", "20000", str(source))
    steps.land(str(source), str(root), "1")
    steps.build(str(root), "catalogue/,listens/,aggregates/,insights/")
    steps.duckdb(str(root), str(sql))
    rows = agreement.compared(root, sql, tuple(duckdb_twin.INSIGHTS))
    assert len(rows) == 16
    assert all(rows.values())
