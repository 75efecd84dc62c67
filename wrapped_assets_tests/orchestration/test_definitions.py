"""The code location: quick to load, and every asset says what it is."""

import dataclasses
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import dagster as dg
import polars as pl
import pytest
import yaml

from wrapped_assets.contracts.declaration import Declaration, declare
from wrapped_assets.contracts.graph import EXTERNALS, graph_of, project_graph
from wrapped_assets.definitions import defs
from wrapped_assets.exports.all_exports import all_exports
from wrapped_assets.orchestration import source_links
from wrapped_assets.orchestration.exporting import BY_COMMAND_ONLY
from wrapped_assets.orchestration.groups import MOST, groups_of
from wrapped_assets.orchestration.instance import SETTINGS, WORKSPACE
from wrapped_assets.orchestration.partitions import Periods, dependencies
from wrapped_assets.orchestration.source_links import web_address
from wrapped_assets.storage.first_month import first_month, note_first_month
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.categories import category_of
from wrapped_assets.vocabulary.periods import Month

REPOSITORY = Path(__file__).parents[2]
GRAPH = project_graph()
pytestmark = pytest.mark.filterwarnings("ignore::dagster.BetaWarning")  # mappings to periods that may not exist
PROBE = """
import json, sys, time
from wrapped_assets.definitions import defs
count = len(defs.resolve_asset_graph().get_all_asset_keys())
print(json.dumps([count, time.process_time()]))
"""


def test_it_loads_in_five_seconds_and_touches_no_data(tmp_path: Path) -> None:
    environment = {**os.environ, "WRAPPED_DATA": str(tmp_path / "nowhere")}
    environment.pop("WRAPPED_FIRST_MONTH", None)
    seconds = []
    for _ in range(3):  # of processor time, best of three: the machine may be busy with something else
        done = subprocess.run([sys.executable, "-c", PROBE], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)
        count, used = json.loads(done.stdout.splitlines()[-1])
        assert count == len(GRAPH.by_key) + len(EXTERNALS) + 4 + 2 * len(all_exports().keys() - BY_COMMAND_ONLY)
        seconds.append(used)
        if used < 5:
            break
    assert min(seconds) < 5
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_dg_checks_and_lists_the_definitions(tmp_path: Path) -> None:
    dg_command = Path(sys.executable).with_name("dg")
    environment = {**os.environ, "WRAPPED_DATA": str(tmp_path), "VIRTUAL_ENV": sys.prefix, "DAGSTER_DISABLE_TELEMETRY": "yes"}
    for arguments in (["check", "defs"], ["list", "defs", "--json", "--assets", 'group:"11_exports"']):
        done = subprocess.run([dg_command, *arguments], cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert {asset["asset_key"] for asset in json.loads(done.stdout)["assets"]} >= {"exports/charts_staged", "exports/charts_delivered"}


@pytest.mark.parametrize("key", GRAPH.by_key)
def test_an_asset_says_what_it_is(key: str) -> None:
    spec = defs.resolve_assets_def(key.split("/")).get_asset_spec(dg.AssetKey(key.split("/")))
    declaration = GRAPH.by_key[key]
    schema = spec.metadata["dagster/column_schema"]
    assert [column.name for column in schema.columns] == [column.name for column in declaration.columns]
    assert all(column.description for column in schema.columns)
    tags = [(column.tags["privacy/class"], column.tags["privacy/category"]) for column in schema.columns]
    assert tags == [(column.privacy, category_of(column)) for column in declaration.columns]
    assert spec.tags["layer"] == declaration.layer
    place = spec.metadata["dagster/code_references"].code_references[0]
    assert declaration.name in "".join(Path(place.file_path).read_text().splitlines()[place.line_number - 1 : place.line_number + 40])
    assert declaration.meaning in spec.description
    assert spec.owners
    assert {"polars", "parquet"} <= spec.kinds
    assert spec.code_version
    assert spec.freshness_policy
    lineage = spec.metadata["dagster/column_lineage"].deps_by_column
    assert set(lineage) == set(declaration.schema)
    read = {(source, name) for source, found in GRAPH.inputs(declaration) for name in found.columns}
    for sources in lineage.values():
        assert {(found.asset_key.to_user_string(), found.column_name) for found in sources} <= read
        assert sources


def test_a_group_has_at_most_twelve_assets_and_groups_sort_in_the_order_of_the_flow() -> None:
    nodes = list(defs.resolve_asset_graph().asset_nodes)
    assert max(Counter(node.group_name for node in nodes).values()) <= MOST
    place = {node.key: int(node.group_name.partition("_")[0]) for node in nodes}
    back = {parent.path[0] for node in nodes for parent in node.parent_keys if place[parent] > place[node.key]}
    assert back <= {"insights", "population"}  # figures over all listeners of some insights, and listeners compared with them


def test_a_chapter_that_grows_goes_on_in_another_group() -> None:
    many = {f"x/{number}": dataclasses.replace(days, name=f"d{number}") for number in range(25)}
    groups = groups_of(dataclasses.replace(GRAPH, by_key=many))
    assert list(dict.fromkeys(groups.values())) == ["05_months_1", "05_months_2", "05_months_3"]
    assert max(Counter(groups.values()).values()) <= MOST


def test_every_asset_of_the_graph_has_owners_kinds_tags_a_meaning_and_its_source() -> None:
    for node in defs.resolve_asset_graph().asset_nodes:
        assert node.owners and node.kinds and node.description and {"layer", "privacy"} <= node.tags.keys(), node.key  # noqa: PT018
        place = node.metadata["dagster/code_references"].code_references[0]
        assert Path(place.file_path).is_file()
        assert place.line_number


def test_every_asset_of_the_graph_says_how_ties_are_broken_and_explains_a_row() -> None:
    """Those that leave through the gate have the policy that says what is in them."""
    said = {node.key.to_user_string(): node.description or "" for node in defs.resolve_asset_graph().asset_nodes}
    inside = {key: text for key, text in said.items() if not key.startswith("exports/")}
    assert len(inside) > 100
    assert not [key for key, text in inside.items() if not re.search(r"\b[Tt]ies?\b", text) or "Example: " not in text]


@pytest.mark.parametrize(
    ("remote", "page"),
    [
        ("https://ana:secret@github.com/who/what.git", "https://github.com/who/what"),
        ("git@github.com:who/what.git", "https://github.com/who/what"),
        ("ssh://git@gitlab.example.org:2222/group/sub/what.git", "https://gitlab.example.org/group/sub/what"),
        ("https://github.com/who/what/", "https://github.com/who/what"),
        ("/srv/git/what.git", None),
        ("https://git.example.org/who/what", None),
        ("", None),
    ],
)
def test_a_remote_becomes_the_address_of_a_page_without_its_credentials(remote: str, page: str | None) -> None:
    assert web_address(remote) == page


def test_an_asset_links_to_its_line_on_the_page_of_the_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_links, "PACKAGE", tmp_path / "here")
    monkeypatch.setattr(source_links, "ANCHOR", tmp_path / "here" / "__init__.py")
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "__init__.py").touch()
    git = ["git", "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x@example.org"]
    assert source_links.repository_page.__wrapped__() is None  # no repository
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "remote", "add", "origin", "git@github.com:who/what.git"], check=True)
    assert source_links.repository_page.__wrapped__() is None  # the file is not in it
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-qm", "x"], check=True)
    commit = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    monkeypatch.setattr(source_links, "repository_page", source_links.repository_page.__wrapped__)
    local, page = source_links.source_file("lib/x.py").code_references
    assert local.file_path == str(tmp_path / "here" / "lib" / "x.py")
    assert page.url == f"https://github.com/who/what/tree/{commit}/here/lib/x.py#L1"


def test_every_input_from_outside_is_shown() -> None:
    graph = defs.resolve_asset_graph()
    for key in EXTERNALS.values():
        node = graph.get(dg.AssetKey(key.split("/")))
        assert node.is_external
        assert node.description
        assert node.owners
        assert node.metadata["dagster/column_schema"].columns


@declare(
    layer="aggregates", kind="month_bucket", grain=[c.listener_id], columns=[], reads={"landed_plays": ([c.listener_id], "month_and_edges")}
)
def days(landed_plays: pl.LazyFrame) -> pl.LazyFrame:
    """A month that reads its neighbours' edges."""
    return landed_plays


@declare(
    layer="aggregates", kind="year_bucket", grain=[c.listener_id], columns=[],
    reads={"days": [c.listener_id], "so_far": ([c.listener_id], "previous_year")},
)  # fmt: skip
def so_far(days: pl.LazyFrame, so_far: pl.LazyFrame) -> pl.LazyFrame:
    """A year that reads its months and the year before."""
    return pl.concat([days, so_far])


def test_a_year_reads_the_months_that_exist_and_a_month_its_neighbours() -> None:
    periods, graph = Periods(Month(2024, 5)), graph_of([days, so_far])
    assert periods.years.get_first_partition_key() == "2024"
    assert periods.months.get_first_partition_key() == "2024-01"

    def upstream(reader: Declaration, name: str, period: str) -> list[str]:
        own, source = periods.of(reader), periods.years if name == "so_far" else periods.months
        mapping = next(dep.partition_mapping for dep in dependencies(graph, reader) if dep.asset_key.path[-1] == name)
        subset = own.subset_with_partition_keys([period])
        reached = mapping.get_upstream_mapped_partitions_result_for_partitions(subset, own, source)
        return sorted(reached.partitions_subset.get_partition_keys())

    assert upstream(so_far, "days", "2024") == [f"2024-{month:02d}" for month in range(1, 13)]
    assert upstream(so_far, "days", periods.years.get_last_partition_key())[-1] == periods.months.get_last_partition_key()
    assert upstream(so_far, "so_far", "2025") == ["2024"]
    assert upstream(so_far, "so_far", "2024") == []
    assert upstream(days, "landed_plays", "2024-03") == ["2024-02", "2024-03", "2024-04"]


def test_the_first_month_is_noted_once_and_overridden_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WRAPPED_FIRST_MONTH", raising=False)
    assert first_month(tmp_path) == Month(2015, 1)
    note_first_month(tmp_path, Month(2019, 7))
    note_first_month(tmp_path, Month(2020, 1))
    assert first_month(tmp_path) == Month(2019, 7)
    note_first_month(tmp_path, Month(2011, 2))
    assert first_month(tmp_path) == Month(2011, 2)
    monkeypatch.setenv("WRAPPED_FIRST_MONTH", "2024-01")
    assert first_month(tmp_path) == Month(2024, 1)


@pytest.mark.parametrize(("name", "expected"), [("dagster.yaml", SETTINGS), ("workspace.yaml", WORKSPACE)])
def test_the_repositorys_settings_are_those_of_wrapped_ui(name: str, expected: dict[str, object]) -> None:
    assert yaml.safe_load((REPOSITORY / name).read_text()) == expected
