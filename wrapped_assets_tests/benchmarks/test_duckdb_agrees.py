"""Every compared insight, computed again in another engine, is the same row for row."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytest.importorskip("duckdb")

from benchmarks import agreement, duckdb_population, duckdb_twin, steps
from wrapped_assets.contracts.graph import project_graph

# A population that is small enough for a test has no song of a thousand listens, and no artist or place with a large audience.
SMALLER = (
    ("early_listener", ">= 1000", "recording_milestones", "LISTENS", 40),
    ("fan_rank", ">= 100", "fan_ladder", "MINIMUM_AUDIENCE", 30),
    ("fan_rank", ">= 30", "fan_minutes_ladder", "MINIMUM_AUDIENCE", 30),
    ("sound_town", ">= 20", "place_listens", "MINIMUM_LISTENERS", 8),
)


@pytest.mark.slow
def test_the_insights_of_a_population_with_a_catalogue_agree_with_sql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _lower_thresholds(monkeypatch)
    source, root, sql = (tmp_path / name for name in ("population", "root", "sql"))
    steps.synth("200", "24000", str(source))
    steps.land(str(source), str(root), "2")
    steps.inform(str(source), str(root))
    names = tuple(duckdb_twin.QUERIES)
    steps.build(str(root), ",".join(agreement.keys_of(names)))
    steps.profiles(str(root), str(sql))
    steps.duckdb(str(root), str(sql), ",".join(names))
    rows = agreement.compared(root, sql, names)
    assert set(rows) == set(duckdb_twin.INSIGHTS) | set(duckdb_population.SIMILARITY)
    assert [name for name, count in rows.items() if not count] == []


def _lower_thresholds(monkeypatch: pytest.MonkeyPatch) -> None:
    """In both engines."""
    assert project_graph()  # every module is loaded
    for name, condition, module, constant, value in SMALLER:
        text = duckdb_twin.QUERIES[name]
        assert condition in text
        monkeypatch.setitem(duckdb_twin.QUERIES, name, text.replace(condition, f">= {value}"))
        monkeypatch.setattr(sys.modules[f"wrapped_assets.insights.population.{module}"], constant, value)
