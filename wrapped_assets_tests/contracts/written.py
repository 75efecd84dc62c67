"""An analyst's file, written beside those of the package for as long as a test runs."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import wrapped_assets
from wrapped_assets.contracts.discovery import assets_in
from wrapped_assets.contracts.graph import PACKAGES, Graph, graph_of
from wrapped_assets.planning import loaded

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
ARTIST_INSIGHT = '''"""Who heard an artist."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import artist_insight
from wrapped_assets.vocabulary import columns as c


@artist_insight(
    chapter="overview",
    grain=[c.artist_id],
    columns=[c.listener_count],
    reads={"artist_audiences": [c.artist_id, c.listener_id]},
    headline="{listener_count:listeners} heard {artist}.",
    examples=[Example(given={f"fan {n}": "2026-05-01 eple/bo" for n in range(20)}, expect=[{"artist_id": "bo", "listener_count": 20}])],
)
def audience_sizes(artist_audiences: pl.LazyFrame) -> pl.LazyFrame:
    """How many heard an artist.

    No ties: nothing is ranked.
    """
    return artist_audiences.group_by("artist_id").agg(listener_count=pl.len().cast(pl.Int64))
'''
Write = Callable[..., Graph]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Writes one file into a folder of the package and loads the graph with it, as every command does."""
    added: list[tuple[str, str, str]] = []

    def written(text: str, folder: str = "insights.listener", name: str = "late_nights") -> Graph:
        path = tmp_path.joinpath("written", *folder.split("."), f"{name}.py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        package = importlib.import_module(f"wrapped_assets.{folder}")
        for module, place in ((wrapped_assets, tmp_path / "written"), (package, path.parent)):
            monkeypatch.setattr(module, "__path__", [*module.__path__, str(place)])
        importlib.invalidate_caches()
        added.append((package.__name__, name, str(path)))
        return graph_of(found for one in PACKAGES for found in assets_in(f"wrapped_assets.{one}"))

    yield written
    for package_name, name, path in added:  # nothing of it may stay: a fingerprint looks at every module that was loaded
        sys.modules.pop(f"{package_name}.{name}", None)
        vars(sys.modules[package_name]).pop(name, None)
        loaded._names.pop(f"{package_name}.{name}", None)
        loaded._texts.pop(path, None)


def place(text: str, pointed: str, name: str = "late_nights") -> str:
    """`file:line:column` of a piece of the file, as a message begins."""
    before = text[: text.index(pointed)]
    return f"{name}.py:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}: "
