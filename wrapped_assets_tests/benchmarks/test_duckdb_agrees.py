"""Every compared insight, computed again in another engine, is the same row for row."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("duckdb")

from benchmarks import agreement, duckdb_population, duckdb_twin, steps
from benchmarks.measure import HERE, measured
from benchmarks.recompute.package_copy import PackageCopy

# A population that is small enough for a test has no song of a thousand listens, and no artist or place with a large audience.
SMALLER = (
    ("early_listener", ">= 1000", ">= 40", "recording_milestones", "LISTENS = 1_000", "LISTENS = 40"),
    ("fan_rank", ">= 100", ">= 30", "fan_ladder", "MINIMUM_AUDIENCE = 100", "MINIMUM_AUDIENCE = 30"),
    ("fan_rank", ">= 30", ">= 30", "fan_minutes_ladder", "MINIMUM_AUDIENCE = 100", "MINIMUM_AUDIENCE = 30"),
    ("sound_town", ">= 20", ">= 8", "place_listens", "minimum_group=MINIMUM_LISTENERS,", "minimum_group=8,"),
)


@pytest.mark.slow
def test_the_insights_of_a_population_with_a_catalogue_agree_with_sql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = _with_lower_thresholds(tmp_path / "tree", monkeypatch)
    source, root, sql = (tmp_path / name for name in ("population", "root", "sql"))
    steps.synth("200", "24000", str(source))
    steps.land(str(source), str(root), "2")
    steps.inform(str(source), str(root))
    names = tuple(duckdb_twin.QUERIES)
    measured("benchmarks.steps", "build", root, ",".join(agreement.keys_of(names)), tree=tree)
    steps.profiles(str(root), str(sql))
    steps.duckdb(str(root), str(sql), ",".join(names))
    rows = agreement.compared(root, sql, names)
    assert set(rows) == set(duckdb_twin.INSIGHTS) | set(duckdb_population.SIMILARITY)
    assert [name for name, count in rows.items() if not count] == []


def _with_lower_thresholds(tree: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lowers them in SQL, and in a copy of the package, for a value that is replaced in a running process is refused."""
    copy = PackageCopy(tree)
    (tree / "benchmarks").symlink_to(HERE / "benchmarks")
    for name, condition, lower_condition, module, line, lower_line in SMALLER:
        text = duckdb_twin.QUERIES[name]
        assert condition in text
        monkeypatch.setitem(duckdb_twin.QUERIES, name, text.replace(condition, lower_condition))
        file = f"insights/population/{module}.py"
        assert copy.read(file).count(line) == 1
        copy.write(file, copy.read(file).replace(line, lower_line))
    return tree
