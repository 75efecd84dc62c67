"""A new insight is one file: written into a copy of the project, it stands in the graph, the story, the documents and the tests."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
NAME = "late_nights"
INSIGHT = '''"""The hours after midnight."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.vocabulary import columns as c


@insight(
    chapter="habits",
    grain=[c.listener_id],
    columns=[c.listen_count],
    reads={"listener_hours": [c.listener_id, c.local_hour, c.listen_count]},
    headline="You played {listen_count:listens} after midnight.",
    examples=[Example(given={"ana": "2026-03-01 eple@01:10*2 eple"}, expect=[{"listener_id": "ana", "listen_count": 2}])],
)
def late_nights(listener_hours: pl.LazyFrame) -> pl.LazyFrame:
    """How many listens began from midnight to four, local time.

    No ties: nothing is ranked.
    """
    late = listener_hours.filter(pl.col("local_hour") < 4)
    return late.group_by("listener_id").agg(pl.col("listen_count").sum())
'''
SEEN = """
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.definitions import defs
import dagster as dg
import wrapped_assets
print(wrapped_assets.__file__)
assert "insights/late_nights" in project_graph().by_key
node = defs.resolve_asset_graph().get(dg.AssetKey(["insights", "late_nights"]))
assert [key.to_user_string() for key in node.parent_keys] == ["aggregates/listener_hours"]
"""


WRAPPED = "from wrapped_assets.cli import main; main()"


def run(copy: Path, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(copy), "WRAPPED_DATA": str(copy / "home")}
    done = subprocess.run([sys.executable, *arguments], cwd=copy, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_new_insight_is_one_file(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    for part in ("wrapped_assets", "wrapped_assets_tests", "docs", "pyproject.toml"):
        target = shutil.copytree if (REPOSITORY / part).is_dir() else shutil.copy
        (copy / part).parent.mkdir(exist_ok=True)
        target(REPOSITORY / part, copy / part)
    (copy / "wrapped_assets" / "insights" / "listener" / f"{NAME}.py").write_text(INSIGHT)

    assert str(copy) in run(copy, "-c", SEEN)
    run(copy, "-c", WRAPPED, "docs")
    page = (copy / "docs" / "insights.md").read_text()
    assert f"### {NAME}\n" in page
    assert "How many listens began from midnight to four" in page
    history = copy / "history.json"
    ends = [f"2025-03-{1 + n % 28:02} 0{n % 4}:0{n % 10}" for n in range(400)]
    plays = [
        {"endTime": end, "artistName": f"artist {n % 9}", "trackName": f"song {n % 40}", "msPlayed": 200_000} for n, end in enumerate(ends)
    ]
    history.write_text(json.dumps(plays))
    run(copy, "-c", WRAPPED, "import", str(history), "--listener", "ana")
    run(copy, "-c", WRAPPED, "build")
    story = run(copy, "-c", WRAPPED, "story", "--listener", "ana", "--year", "2025")
    assert "after midnight" in story
    tests = run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "wrapped_assets_tests/insights/test_every_insight.py", "-k", NAME)
    assert tests.count(".") >= 8
