"""The laws of a declaration, checked when its module is loaded."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from wrapped_assets.contracts.asset import Declaration
from wrapped_assets.contracts.errors import DeclarationError
from wrapped_assets.contracts.example_laws import example_faults
from wrapped_assets.contracts.fault import Fault
from wrapped_assets.contracts.headlines import TITLE_NAMES, faults_of, placeholders
from wrapped_assets.contracts.known import LOOKED_UP
from wrapped_assets.contracts.places import place_of
from wrapped_assets.vocabulary.chapters import CHAPTERS
from wrapped_assets.vocabulary.columns import BY_NAME, Column
from wrapped_assets.vocabulary.rules import RULE_FIELDS

# The id that must come first in the grain, by subject.
FIRST_KEY = {"listener": "listener_id", "playlist": "listener_id", "artist": "artist_id", "group": "group_id"}


def refuse(function: Any, faults: Iterator[Fault]) -> None:
    """Raises DeclarationError for the first fault, with file, line and column."""
    for fault in faults:
        raise DeclarationError(f"{place_of(function, fault.keyword, fault.item)}: {function.__name__}: {fault.message}")


def faults_as_written(given: Mapping[str, Any], windows: Sequence[str]) -> Iterator[Fault]:
    """Yields faults in the types and names of the decorator's arguments. The other laws assume that there are none."""
    for keyword in ("grain", "columns", "nullable", "sort"):
        yield from _column_faults(keyword, given.get(keyword, ()))
    grain, columns = given["grain"], given["columns"]
    whole = [column.name for column in (*grain, *columns)]
    if repeated := next((name for name in whole if whole.count(name) > 1), ""):
        yield Fault("columns", repeated, f"the column {repeated!r} occurs twice in grain and columns; a table has each column once")
    for keyword in ("nullable", "sort"):
        if missing := next((column.name for column in given.get(keyword, ()) if column.name not in whole), ""):
            yield Fault(keyword, missing, f"{keyword} names {missing!r}, which is in neither grain nor columns; add it there")
    yield from _read_faults(given["reads"], windows)
    rules = given["rules"]
    if isinstance(rules, str) or not all(isinstance(rule, str) for rule in rules):
        yield Fault("rules", "", f"rules must be a list of names, such as ['window_start'], got {rules!r}")
    elif unknown := [rule for rule in rules if rule not in RULE_FIELDS]:
        yield Fault("rules", unknown[0], f"unknown rules {unknown}; known are {', '.join(sorted(RULE_FIELDS))}")


def _column_faults(keyword: str, given: Any) -> Iterator[Fault]:
    if isinstance(given, str | Column) or not isinstance(given, Sequence):
        yield Fault(keyword, "", f"{keyword} must be a list of columns, such as [c.listen_count], got {_kind(given)}")
        return
    for column in given:
        if not isinstance(column, Column):
            came = f"{_kind(column)} {column!r}" if isinstance(column, str) else _kind(column)
            yield Fault(keyword, str(column), f"{keyword} must hold columns of the dictionary, such as c.listen_count, got {came}")
        elif BY_NAME.get(column.name) is not column:
            remedy = "use one of vocabulary/columns.py, or add it there with its meaning, unit and privacy class"
            yield Fault(keyword, column.name, f"the dictionary has no such column {column.name!r}; {remedy}")


def _read_faults(reads: Any, windows: Sequence[str]) -> Iterator[Fault]:
    if not isinstance(reads, Mapping) or not reads:
        example = "{'listener_days': [c.listener_id]}"
        yield Fault("reads", "", f"reads must map each input to its columns, such as {example}, got {_kind(reads)}")
        return
    for asset, value in reads.items():
        columns, window = value if isinstance(value, tuple) and len(value) == 2 else (value, "period")
        yield from _column_faults("reads", columns)
        if window not in windows:
            yield Fault("reads", str(window), f"{asset} is read for an unknown window {window!r}; known are {', '.join(windows)}")
        if not columns:
            yield Fault("reads", str(asset), f"no column of {asset} is read; name those that the function uses")


def faults_of_function(function: Any, parameters: Sequence[str], period: str) -> Iterator[Fault]:
    """Yields faults of the function's name, parameters and docstring."""
    found = list(inspect.signature(function).parameters)
    if found not in ([*parameters], [*parameters, period]):
        wanted = f"({', '.join(parameters)}), or the same with {period} at the end"
        yield Fault("", "", f"the parameters are ({', '.join(found)}), the declaration asks for {wanted}; make them agree")
    if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function):
        yield Fault("", "", "the function is async or yields; write a plain function that returns a lazy frame")
    if not inspect.getdoc(function):
        yield Fault("", "", "write a docstring: the first line says what a row is, the second paragraph how ties are broken")


def faults_of_declaration(declared: Declaration) -> Iterator[Fault]:
    """Yields faults that concern the declaration as a whole."""
    grain = declared.grain
    yield from _look_up_faults(declared)
    by = declared.divides_by
    if by and (grain[:1] != (by,) or declared.order[0] != by):
        yield Fault("grain", "", f"the asset is computed by ranges of {by}, which must come first in the grain and in the order")
    if declared.by and declared.within:
        yield Fault("within", "", f"the asset is divided by `by` already: leave within=c.{declared.within} out")
    if not declared.subject:
        return
    key = FIRST_KEY.get(declared.subject, "")
    if key and grain[:1] != (key,):
        article = "an" if declared.subject == "artist" else "a"
        yield Fault("grain", "", f"the rows of {article} {declared.subject} begin with c.{key} in the grain, got {list(grain)}")
    if declared.subject == "playlist" and not {"playlist_position", "recording_id"} <= {*declared.schema}:
        yield Fault("columns", "", "a playlist has c.playlist_position in its grain and c.recording_id in its columns; add them")
    yield from _telling_faults(declared)
    yield from _minimum_faults(declared)
    yield from example_faults(declared)


def _look_up_faults(declared: Declaration) -> Iterator[Fault]:
    read = {one.asset: one.columns for one in declared.reads}
    if declared.lookups and declared.kind == "year":
        yield Fault("lookups", "", "an asset over all listeners reads whole tables of a catalogue; leave lookups out")
    for one in declared.lookups:
        for asset, column in ((one.table, one.column), (one.source, one.source_column)):
            if column not in read.get(asset, ()):
                yield Fault("lookups", one.column, f"lookups names {asset}.{column}, which the asset does not read; add it to reads")
        if one.column not in LOOKED_UP.get(one.table, {}):
            possible = ", ".join(f"{table}.{column}" for table, columns in LOOKED_UP.items() for column in columns)
            yield Fault("lookups", one.column, f"no rows are looked up by {one.table}.{one.column}; possible are {possible}")
        given, wanted = _type_of_one(one.source_column), BY_NAME[one.column].dtype
        if given != wanted:
            names = f"{one.table}.{one.column} is {wanted}, {one.source}.{one.source_column} has {given}"
            yield Fault("lookups", one.column, f"rows are looked up by values of their own type: {names}")
        if _leads_to(one.table, one.source, declared):
            circle = f"which rows of {one.table} are needed follows from {one.source}, whose rows follow from those of {one.table}"
            yield Fault("lookups", one.column, f"{circle}; look one of them up by another input")


def _type_of_one(column: str) -> pl.DataType:
    dtype = BY_NAME[column].dtype
    return dtype.inner if isinstance(dtype, pl.List) else dtype  # type: ignore[return-value]


def _leads_to(table: str, source: str, declared: Declaration) -> bool:
    """Whether the rows of an input follow from those of a table, at once or by way of others."""
    found = {source}
    for _ in declared.lookups:
        found |= {one.source for one in declared.lookups if one.table in found}
    return table in found


def _telling_faults(declared: Declaration) -> Iterator[Fault]:
    first, _, rest = declared.description.partition("\n\n")
    if not first.endswith("."):
        yield Fault("", "", "the docstring's first paragraph says in a sentence what a row is; end it with a full stop and an empty line")
    elif "tie" not in rest.lower():
        yield Fault("", "", "the docstring's second paragraph says how ties are broken, or 'No ties: nothing is ranked.'; add it")
    if declared.subject == "population":
        return
    is_playlist = declared.subject == "playlist"
    if not is_playlist and declared.chapter not in CHAPTERS:
        yield Fault("chapter", "", f"unknown chapter {declared.chapter!r}; known are {', '.join(CHAPTERS)}")
    keyword = "title" if is_playlist else "headline"
    if not isinstance(declared.headline, str) or not declared.headline:
        yield Fault(keyword, "", f"{keyword} must be the sentence for the story, got {declared.headline!r}")
        return
    names = set(TITLE_NAMES) if is_playlist else placeholders(declared.schema)
    example = "{year}" if is_playlist else f"{{{declared.columns[-1].name}}}"
    for name, message in faults_of(declared.headline, names, example):
        yield Fault(keyword, name, message.replace("headline", keyword))
    for name, message in faults_of(declared.headline_in_listens, names, example):
        yield Fault("headline_in_listens", name, message)
    if declared.headline_in_listens:
        for name, message in faults_of(declared.headline_in_listens, names, example):
            yield Fault("headline_in_listens", name, message.replace("headline", "headline_in_listens"))


def _minimum_faults(declared: Declaration) -> Iterator[Fault]:
    minimum = declared.minimum_group
    if minimum is None:
        return
    if not isinstance(minimum, int) or isinstance(minimum, bool) or minimum < 1:
        yield Fault("minimum_group", "", f"minimum_group must be a whole number of listeners, 1 or more, got {minimum!r}")
        return
    size = BY_NAME.get(declared.group_size)
    if minimum > 1 and (size is None or not size.dtype.is_integer() or not size.name.endswith("listener_count")):
        counts = ", ".join(f"c.{name}" for name in BY_NAME if name.endswith("listener_count"))
        message = f"group_size must be a column that counts listeners, got {declared.group_size!r}; these do: {counts}"
        yield Fault("group_size", declared.group_size, message)


def _kind(value: Any) -> str:
    if isinstance(value, pl.DataType) or (isinstance(value, type) and issubclass(value, pl.DataType)):
        return f"the type {value}"
    return f"a {type(value).__name__}"
