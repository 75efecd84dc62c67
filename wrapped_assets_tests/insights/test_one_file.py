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


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the project."""
    copy = tmp_path / "copy"
    for part in ("wrapped_assets", "wrapped_assets_tests", "docs", "pyproject.toml"):
        target = shutil.copytree if (REPOSITORY / part).is_dir() else shutil.copy
        (copy / part).parent.mkdir(exist_ok=True)
        target(REPOSITORY / part, copy / part)
    return copy


@pytest.mark.slow
def test_a_new_insight_is_one_file(copy: Path) -> None:
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


AUDIENCE = '''"""An artist's listens at night."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import artist_insight
from wrapped_assets.vocabulary import columns as c


@artist_insight(
    chapter="habits",
    grain=[c.artist_id],
    columns=[c.listener_count, c.listen_count],
    reads={"artist_audiences": [c.artist_id, c.listener_id, c.listen_count]},
    headline="{artist} stayed with {listener_count:listeners} all year.",
    examples=[Example(given={f"fan {n}": "2026-05-01 eple/bo*2" for n in range(20)}, expect=[{"artist_id": "bo", "listener_count": 20}])],
)
def loyal_audience(artist_audiences: pl.LazyFrame) -> pl.LazyFrame:
    """How many listeners heard an artist, and how often.

    No ties: nothing is ranked.
    """
    return artist_audiences.group_by("artist_id").agg(pl.col("listen_count").sum(), listener_count=pl.len().cast(pl.Int64))
'''
TOGETHER = '''"""How much each member of a group listened."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import group_insight
from wrapped_assets.vocabulary import columns as c


@group_insight(
    chapter="habits",
    grain=[c.group_id, c.listener_id],
    columns=[c.listen_count],
    reads={"groups": [c.group_id, c.listener_id], "listening_totals": [c.listener_id, c.listen_count]},
    headline="Together you pressed play {listen_count:times}, or one of you did.",
    examples=[
        Example(
            given={"ana": "2026-05-01 eple*2", "bo": "2026-05-01 eple"},
            groups={"home": ["ana", "bo"]},
            expect=[{"group_id": "home", "listener_id": name, "listen_count": count} for name, count in (("ana", 2), ("bo", 1))],
        )
    ],
)
def shares_of_a_home(groups: pl.LazyFrame, listening_totals: pl.LazyFrame) -> pl.LazyFrame:
    """The listens of each member.

    No ties: nothing is ranked.
    """
    return groups.join(listening_totals, on="listener_id")
'''
WORLD = """
from pathlib import Path
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.small_roots import KEY, import_small
import_small(Root.open_or_make(Path("home"), 2, KEY), {f"fan{n:02d}": "2025-01-03 eple/royksopp*2" for n in range(20)})
"""


@pytest.mark.slow
def test_a_new_insight_of_artists_and_one_of_groups_are_one_file_each(copy: Path) -> None:
    (copy / "wrapped_assets" / "insights" / "artist" / "loyal_audience.py").write_text(AUDIENCE)
    (copy / "wrapped_assets" / "insights" / "group" / "shares_of_a_home.py").write_text(TOGETHER)
    run(copy, "-c", WORLD)
    run(copy, "-c", WRAPPED, "group", "set", "home", "--listener", "fan00", "--listener", "fan01")
    for name in ("fan00", "fan01"):
        run(copy, "-c", WRAPPED, "consent", "set", name, "group", "given")
    run(copy, "-c", WRAPPED, "build")
    artist = run(copy, "-c", WRAPPED, "artist", "royksopp", "--year", "2025")
    assert "royksopp stayed with 20 listeners all year." in artist
    group = run(copy, "-c", WRAPPED, "story", "--group", "home", "--year", "2025")
    assert "Together you pressed play 2 times, or one of you did." in group
    assert group.partition("Together you")[2].count("fan0") == 2
    page = run(copy, "-c", WRAPPED, "story", "--group", "home", "--year", "2025", "--format", "html")
    assert 'id="shares_of_a_home"' in page
