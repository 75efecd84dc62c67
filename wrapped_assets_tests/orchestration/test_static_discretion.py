"""Nothing in orchestration can say more than `facts` lets it: read off the source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from wrapped_assets.definitions import defs

FOLDER = Path(__file__).parents[2] / "wrapped_assets" / "orchestration"
MODULES = [path for path in sorted(FOLDER.glob("*.py")) if path.name != "facts.py"]
# What a message may name besides constants: declarations, policies and periods. Never what is read from data.
CONSTANT = {
    "export.name", "policy.title", "year", "clock", "job", "digest", "first", "last", "context.scheduled_execution_time", "column.meaning",
    "column.unit", "declaration.minimum_group",
}  # fmt: skip
ANSWERS_A_PERSON = {"partitions.py", "ui.py"}  # the range, or the address, that they typed
SAYING = {"SkipReason", "Failure", "AssetCheckResult", "SensorResult", "RunRequest", "AssetObservation", "request"}
EVENTS = {"MaterializeResult", "AssetCheckResult", "AssetMaterialization", "AssetObservation", "ObserveResult"}
FACTS = {"facts.metadata", "metadata"}


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(node: ast.AST) -> str:
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def is_saying(node: ast.AST) -> bool:
    """A raise, a call that tells Dagster something, or a log."""
    called = name_of(node)
    return isinstance(node, ast.Raise) or called.rpartition(".")[2] in SAYING or ".log." in called or called.startswith("logging.")


def interpolated(node: ast.AST) -> Iterator[str]:
    """What the f-strings, format calls and joins below a node put in."""
    for each in ast.walk(node):
        if isinstance(each, ast.FormattedValue):
            yield ast.unparse(each.value)
        is_text_made = name_of(each).endswith((".format", ".join")) or name_of(each) in ("str", "repr", "format")
        if is_text_made or (isinstance(each, ast.BinOp) and isinstance(each.op, ast.Mod)):
            yield ast.unparse(each)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_what_is_raised_skipped_or_logged_puts_in_no_data(path: Path) -> None:
    if path.name in ANSWERS_A_PERSON:
        return
    put_in = {text for node in ast.walk(parsed(path)) if is_saying(node) for text in interpolated(node)}
    assert put_in <= CONSTANT


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_nothing_is_printed_and_logs_say_what_facts_told(path: Path) -> None:
    calls = [node for node in ast.walk(parsed(path)) if isinstance(node, ast.Call)]
    assert "print" not in {name_of(call) for call in calls}
    for call in calls:
        if ".log." in name_of(call):
            (argument,) = call.args
            told = [
                node.value for node in ast.walk(parsed(path))
                if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == ast.unparse(argument)
            ]  # fmt: skip
            assert told
            assert all(name_of(value) in ("told", "facts.told") for value in told)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_every_events_metadata_goes_through_facts(path: Path) -> None:
    tree = parsed(path)
    made = {ast.unparse(node.targets[0]) for node in ast.walk(tree) if isinstance(node, ast.Assign) and name_of(node.value) in FACTS}
    for call in (node for node in ast.walk(tree) if name_of(node).rpartition(".")[2] in EVENTS):
        said = {keyword.arg: keyword.value for keyword in call.keywords}
        assert None not in said, "no **arguments"
        if (text := said.get("description")) is not None:
            assert name_of(text) in ("told", "facts.told"), "a description of an event is free text"
        if (given := said.get("metadata")) is not None:
            is_dagsters_own = isinstance(given, ast.Dict) and [ast.unparse(key) for key in given.keys if key] == [
                "SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION"
            ]
            assert name_of(given) in FACTS or ast.unparse(given) in made or is_dagsters_own


def test_descriptions_and_tags_hold_nothing_like_an_id() -> None:
    graph = defs.resolve_asset_graph()
    texts = [graph.get_check_spec(key).description or "" for key in graph.asset_check_keys]
    texts += [text for spec in defs.resolve_all_asset_specs() for pair in spec.tags.items() for text in pair]
    assert len(texts) > 100
    assert not [text for text in texts if re.search(r"\d{5}|[0-9a-f]{12}", text)]


def test_partitions_are_periods_and_nothing_else() -> None:
    graph = defs.resolve_asset_graph()
    kinds = {type(node.partitions_def).__name__ for node in graph.asset_nodes if node.partitions_def}
    assert kinds == {"TimeWindowPartitionsDefinition"}
