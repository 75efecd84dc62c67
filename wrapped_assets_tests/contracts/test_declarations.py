"""A declaration that breaks its contract is refused where it is written, with the way to write it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from wrapped_assets.contracts.declaration import Declaration, Read, declare
from wrapped_assets.contracts.discovery import all_sources, declared_in
from wrapped_assets.contracts.errors import DeclarationError, InputError
from wrapped_assets.contracts.graph import PACKAGES, graph_of, project_graph
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.columns import BY_NAME, Column
from wrapped_assets_tests.planning.situations import asset, read


def declared(function: Callable[..., pl.LazyFrame], **changes: Any) -> Declaration:
    given: dict[str, Any] = {
        "layer": "insights", "kind": "year_bucket", "grain": [c.listener_id], "columns": [c.listen_count],
        "reads": {"listener_days": [c.listener_id, c.listen_count]},
    }  # fmt: skip
    return declare(**{**given, **changes})(function)


def totals(listener_days: pl.LazyFrame) -> pl.LazyFrame:
    """Listens of a year."""
    return listener_days


def of_a_year(listener_days: pl.LazyFrame, year: int) -> pl.LazyFrame:
    """Listens of a year."""
    return listener_days


def silent(listener_days: pl.LazyFrame) -> pl.LazyFrame:
    return listener_days


def test_a_declaration_takes_its_name_and_meaning_from_its_function() -> None:
    found = declared(totals)
    assert (found.key, found.meaning, list(found.schema)) == ("insights/totals", "Listens of a year.", ["listener_id", "listen_count"])
    assert not found.wants_period
    assert declared(of_a_year).wants_period


@pytest.mark.parametrize(
    ("function", "changes", "said"),
    [
        (silent, {}, "write a docstring"),
        (totals, {"rules": ["clock"]}, "make them agree"),
        (totals, {"reads": {"sessions": [c.listener_id]}}, "make them agree"),
        (of_a_year, {"kind": "month_bucket"}, "make them agree"),
    ],
)
def test_a_broken_declaration_says_how_to_write_it(function: Callable[..., pl.LazyFrame], changes: dict[str, Any], said: str) -> None:
    with pytest.raises(DeclarationError, match=said):
        declared(function, **changes)


def test_an_unknown_rule_is_refused_with_those_that_exist() -> None:
    def ruled(listener_days: pl.LazyFrame, rules: object) -> pl.LazyFrame:
        """Listens of a year."""
        return listener_days

    with pytest.raises(DeclarationError, match=r"known are .*minimum_ms_played"):
        declared(ruled, rules=["mine"])


def looking_up(known_artists: pl.LazyFrame, known_recordings: pl.LazyFrame, tracks: pl.LazyFrame) -> pl.LazyFrame:
    """An artist."""
    return known_artists


LOOKUPS: dict[str, tuple[dict[str, dict[str, str]], str]] = {
    "what is not read": ({"known_artists": {"artist_id": "tracks.isrc"}}, "names tracks.isrc, which the asset does not read"),
    "a column without an order": ({"known_artists": {"country": "tracks.recording_name"}}, "looked up by known_artists.country"),
    "a type that is no id": ({"known_artists": {"artist_id": "tracks.recording_name"}}, "is Int64, tracks.recording_name has String"),
    "itself": ({"known_artists": {"artist_id": "known_artists.artist_id"}}, "look one of them up by another input"),
    "a circle": (
        {"known_artists": {"artist_id": "known_recordings.artist_id"}, "known_recordings": {"artist_id": "known_artists.artist_id"}},
        "which rows of known_artists are needed follows from known_recordings",
    ),
}


@pytest.mark.parametrize("wrong", LOOKUPS)
def test_rows_that_cannot_be_looked_up_are_refused_where_that_is_written(wrong: str) -> None:
    given, said = LOOKUPS[wrong]
    reads = {"known_artists": [c.artist_id, c.country], "known_recordings": [c.artist_id], "tracks": [c.artist_ids, c.recording_name]}
    with pytest.raises(DeclarationError, match=said):
        declared(looking_up, layer="catalogue", grain=[c.artist_id], columns=[c.country], reads=reads, lookups=given)


def test_an_asset_over_all_listeners_looks_no_rows_up() -> None:
    reads, given = {"known_artists": [c.artist_id], "artists": [c.artist_id]}, {"known_artists": {"artist_id": "artists.artist_id"}}

    def counted(known_artists: pl.LazyFrame, artists: pl.LazyFrame) -> pl.LazyFrame:
        """An artist."""
        return artists

    with pytest.raises(DeclarationError, match="reads whole tables of a catalogue; leave lookups out"):
        declared(counted, layer="catalogue", kind="year", grain=[c.artist_id], columns=[], reads=reads, lookups=given)


CIRCLE = [asset("a", read("b", "listen_count")), asset("b", read("a", "listen_count"))]
GRAPHS: dict[str, tuple[list[Declaration], str]] = {
    "a circle": (CIRCLE, "in a circle: "),
    "two of one name": ([asset("a"), asset("a", kind="year_bucket")], "two assets are called 'a'"),
    "the name of an outside input": ([asset("listeners")], "two assets are called 'listeners'"),
    "an unknown input": ([asset("a", read("nothing"))], "reads 'nothing', which does not exist; known are"),
    "an unknown column": ([asset("a"), asset("b", read("a", "minutes"))], "reads minutes of aggregates/a, which has"),
    "a month that reads a year": ([asset("a", kind="year_bucket"), asset("b", read("a", "listen_count"))], "cannot wait for its year"),
    "a month that reads who people are in a year": ([asset("a", read("profiles", "country"))], "which is given by the year"),
    "a year that reads a month's plays": ([asset("a", read("landed_plays", "ms_played"), kind="year_bucket")], "is given by the month"),
    "an asset that reads itself": ([asset("a", read("a", "listen_count"))], "only its own earlier years"),
}


@pytest.mark.parametrize("what", GRAPHS)
def test_a_broken_graph_is_refused(what: str) -> None:
    declarations, said = GRAPHS[what]
    with pytest.raises(DeclarationError, match=said):
        graph_of(declarations)


def test_inputs_come_before_what_reads_them_whatever_the_order_given() -> None:
    one, two, three = asset("z"), asset("m", read("z", "listen_count")), asset("a", read("m", "listen_count"))
    assert (
        list(graph_of([three, two, one]).by_key)
        == list(graph_of([one, two, three]).by_key)
        == ["aggregates/z", "aggregates/m", "aggregates/a"]
    )


def test_upstream_and_downstream_mirror_each_other() -> None:
    graph = project_graph()
    for key in graph.by_key:
        assert {other for other in graph.by_key if key in graph.upstream(other)} == graph.downstream(key) - {key}


def test_an_asset_is_found_by_name_and_by_key_and_an_unknown_one_is_told_the_known() -> None:
    graph = project_graph()
    assert graph.find("top_artists") is graph.find("insights/top_artists")
    with pytest.raises(InputError, match=r"known are .*insights/top_artists"):
        graph.find("landed_plays")


def test_every_declared_asset_is_discovered_once() -> None:
    found = [each for package in PACKAGES for each in declared_in(f"wrapped_assets.{package}", Declaration)]
    assert {each.key for each in found} == set(project_graph().by_key)
    assert all(isinstance(each, Read) for declaration in found for each in declaration.reads)


def test_every_source_has_a_code_and_a_name_of_its_own() -> None:
    sources = all_sources()
    assert len({source.code for source in sources}) == len({source.name for source in sources}) == len(sources)


@pytest.mark.parametrize("column", BY_NAME.values(), ids=BY_NAME)
def test_every_column_of_the_dictionary_says_what_it_means(column: Column) -> None:
    assert column.meaning.endswith(".")
    assert column.name == column.name.lower()
    assert getattr(c, column.name) is column, "one word, one column"
    if column.name.endswith("_at"):
        assert column.dtype == c.INSTANT
    if column.name.endswith(("_count", "_rank")):
        assert column.dtype == pl.Int64
    if column.name.startswith(("is_", "has_")):
        assert column.dtype == pl.Boolean


def test_every_asset_uses_the_dictionarys_columns() -> None:
    for declaration in project_graph().by_key.values():
        assert all(BY_NAME[column.name] == column for column in declaration.columns), declaration.key
