"""Promises that every insight and playlist keeps, also the ones that are yet to be written."""

from __future__ import annotations

import ast
import dataclasses
import functools
import inspect
import string
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest

from wrapped_assets.building.evaluate import lazy_result
from wrapped_assets.building.proving import broken_example
from wrapped_assets.building.rehearsal import inputs_of, landed
from wrapped_assets.building.rehearsed_inputs import yearly_frames
from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.listens.link import LINKS
from wrapped_assets.vocabulary.rules import rules_for
from wrapped_assets_tests.insights.worlds import CATALOGUE, YEAR, rehearsed

GRAPH = project_graph()
ALL = list(GRAPH.by_key.values())
WRITTEN_BY_ANALYSTS = [one for one in ALL if one.layer in ("insights", "population", "playlists")]
DERIVED = [one for one in ALL if one.layer in ("aggregates", "insights", "population", "playlists")]
AGGREGATES = [one for one in ALL if one.layer == "aggregates" and one.kind == "month_bucket"]
RULES = rules_for("default", YEAR)

each_written = pytest.mark.parametrize("asset", WRITTEN_BY_ANALYSTS, ids=lambda one: one.key)
each_derived = pytest.mark.parametrize("asset", DERIVED, ids=lambda one: one.key)
each_asset = pytest.mark.parametrize("asset", ALL, ids=lambda one: one.key)


def period_of(asset: Declaration) -> str:
    return f"{YEAR}-01" if asset.kind == "month_bucket" else str(YEAR)


def given_to(asset: Declaration) -> dict[str, pl.DataFrame]:
    return inputs_of(GRAPH, asset, period_of(asset), rehearsed(), {})


def evaluated(asset: Declaration, inputs: dict[str, pl.DataFrame]) -> pl.DataFrame:
    return lazy_result(asset, inputs, RULES, period_of(asset)).collect()


def as_bytes(frame: pl.DataFrame) -> bytes:
    buffer = BytesIO()
    frame.write_ipc(buffer)
    return buffer.getvalue()


@each_written
def test_its_examples_hold(asset: Declaration) -> None:
    assert asset.examples
    assert broken_example(asset, GRAPH) == ""


@each_asset
def test_without_plays_it_has_no_rows(asset: Declaration) -> None:
    landed_plays, landed_tracks = landed({}, {})
    externals = {
        "sources/landed_plays": landed_plays, "sources/landed_tracks": landed_tracks, "sources/links": pl.DataFrame(schema=LINKS),
        "registry/listeners": pl.DataFrame({"listener_id": [1], "time_zone": ["UTC"]}),
        "registry/exclusions": pl.DataFrame(schema={"listener_id": pl.Int64, "exclusion_kind": pl.String, "target_id": pl.Int64}),
    }  # fmt: skip
    externals |= yearly_frames({"ana": 1}, CATALOGUE, {"ana": {"country": "PT", "is_findable": True}}, {})
    result = evaluated(asset, inputs_of(GRAPH, asset, period_of(asset), {}, externals))
    assert result.height == 0
    assert result.schema == pl.Schema(asset.schema)


@each_asset
def test_its_result_has_the_declared_schema_and_a_unique_grain(asset: Declaration) -> None:
    results = [frame for (key, _), frame in rehearsed().items() if key == asset.key]
    assert any(frame.height for frame in results) or asset.name == "duplicates", "the world of these tests must give it something to say"
    for frame in results:
        assert frame.schema == pl.Schema(asset.schema)
        assert not frame.select(asset.grain).is_duplicated().any()
        assert sum(frame.select(asset.grain).null_count().row(0)) == 0


@each_derived
def test_row_order_never_matters(asset: Declaration) -> None:
    inputs = given_to(asset)
    shuffled = {name: frame.sample(fraction=1, shuffle=True, seed=11) for name, frame in inputs.items()}
    assert evaluated(asset, shuffled).equals(evaluated(asset, inputs))


@each_derived
def test_doing_it_twice_gives_the_same_bytes(asset: Declaration) -> None:
    inputs = given_to(asset)
    assert as_bytes(evaluated(asset, inputs)) == as_bytes(evaluated(asset, inputs))


@each_derived
def test_it_sees_only_what_it_declares(asset: Declaration) -> None:
    seen: dict[str, list[str]] = {}

    @functools.wraps(asset.function)
    def spy(*frames: object) -> pl.LazyFrame:
        for read, frame in zip(asset.reads, frames, strict=False):
            assert isinstance(frame, pl.LazyFrame)
            seen[read.asset] = frame.collect_schema().names()
        return asset.function(*frames)

    wider = {name: frame.with_columns(not_declared=pl.lit(1)) for name, frame in given_to(asset).items()}
    evaluated(dataclasses.replace(asset, function=spy), wider)
    assert seen == {read.asset: list(read.columns) for read in asset.reads}


def _part(name: str, frame: pl.DataFrame, part: int, parts: int) -> pl.DataFrame:
    if "listener_id" in frame.columns:
        return frame.filter(pl.col("listener_id") % parts == part)
    return frame.gather_every(parts, part) if name in ("listens", "plays") else frame


@pytest.mark.parametrize("asset", AGGREGATES, ids=lambda one: one.key)
def test_an_aggregate_of_parts_is_the_aggregate_of_all(asset: Declaration) -> None:
    inputs = given_to(asset)
    for parts in (2, 3):
        split = [evaluated(asset, {name: _part(name, frame, part, parts) for name, frame in inputs.items()}) for part in range(parts)]
        whole = pl.concat(split)
        if "listener_id" not in asset.grain:  # over a bucket's listeners: parts are added
            whole = whole.group_by(asset.grain).agg(pl.col(name for name in asset.schema if name not in asset.grain).sum())
        assert whole.select(*asset.schema).sort(asset.order).equals(evaluated(asset, inputs))


ALLOWED_IMPORTS = (
    "datetime", "polars", "types", "wrapped_assets.contracts.declaration", "wrapped_assets.contracts.kinds", "wrapped_assets.kernels",
    "wrapped_assets.vocabulary", "wrapped_assets.aggregates",
)  # fmt: skip
FORBIDDEN_CALLS = {
    "collect",
    "collect_async",
    "iter_rows",
    "rows",
    "to_dicts",
    "to_list",
    "map_elements",
    "open",
    "print",
    "now",
    "today",
    "sample",
    "shuffle",
}


@each_written
def test_its_file_is_short_named_like_it_and_pure(asset: Declaration) -> None:
    path = Path(inspect.getfile(asset.function))
    text = path.read_text(encoding="utf-8")
    assert path.stem == asset.name
    assert len(text.splitlines()) <= 60
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "one sentence says what the file promises"
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom | ast.Import):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [name.name for name in node.names]
            assert all(module.startswith(ALLOWED_IMPORTS) for module in modules), f"{modules}: an insight reads the graph and uses kernels"
        called = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        assert called not in FORBIDDEN_CALLS, f"{called}: an insight only describes a lazy frame"
        assert not called.startswith(("read_", "scan_", "write_", "sink_")), f"{called}: an insight does no I/O"


@each_written
def test_its_docstring_says_what_a_row_is_and_how_ties_end(asset: Declaration) -> None:
    first, _, rest = asset.description.partition("\n\n")
    assert first.endswith(".")
    assert "tie" in rest.lower()


@each_written
def test_its_headline_names_only_what_the_first_row_has(asset: Declaration) -> None:
    names = {name for _, name, _, _ in string.Formatter().parse(asset.headline) if name}
    assert names <= {*asset.schema, "recording", "artist", "release_group", "show", "year", "month"}
    assert asset.layer == "population" or (asset.headline and asset.chapter)
