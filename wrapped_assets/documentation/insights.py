"""docs/insights.md: what each insight, playlist and population figure says, by which rule, from what."""

from __future__ import annotations

from collections.abc import Iterator
from types import EllipsisType
from typing import Any

from wrapped_assets.contracts.asset import Declaration, Example, Read
from wrapped_assets.contracts.graph import Graph
from wrapped_assets.documentation.tables import table, type_text
from wrapped_assets.vocabulary.chapters import CHAPTERS
from wrapped_assets.vocabulary.columns import Column

_SECTIONS = {**CHAPTERS, "playlists": "Playlists", "population": "Over all listeners"}
_WINDOWS = {
    "period": "of the year",
    "previous_year": "of the year before",
    "latest_year_before": "of the latest year before",
    "month_and_edges": "of the month and three days beside it",
}


def insights_page(graph: Graph) -> str:
    """What each insight, playlist and population figure says, by which rule, from what."""
    by_chapter: dict[str, list[Declaration]] = {}
    for asset in sorted(graph.by_key.values(), key=lambda one: one.name):
        if asset.layer in ("insights", "playlists", "population"):
            by_chapter.setdefault(asset.chapter or asset.layer, []).append(asset)
    chapters = [chapter for chapter in _SECTIONS if chapter in by_chapter]
    lines = [
        "# Insights",
        "",
        "<!-- Written by `wrapped docs` from the declarations; edit those. -->",
        "",
        "What is said of a listener's year, by which rule, and from which columns. Days, hours and months are those of the listener's",
        "own time zone, and the year is the edition's window. `wrapped show` adds display names beside ids. In the examples ids are",
        "written as names, a play without more said is a full listen of three minutes, and `…` stands for further rows.",
        "",
    ]
    for chapter in chapters:
        names = ", ".join(f"[{asset.name}](#{asset.name})" for asset in by_chapter[chapter])
        lines.append(f"* {_SECTIONS[chapter]}: {names}")
    for chapter in chapters:
        lines += ["", f"## {_SECTIONS[chapter]}"]
        for asset in by_chapter[chapter]:
            lines += _section(asset, graph)
    return "\n".join(lines) + "\n"


def _section(asset: Declaration, graph: Graph) -> Iterator[str]:
    rule = asset.description.partition("\n")[2].strip()
    yield from ("", f"### {asset.name}", "", asset.meaning)
    if rule:
        yield from ("", rule)
    if asset.headline:
        yield from ("", f"> {asset.headline}")
    yield from ("", f"`wrapped show {asset.key}`", "")
    yield from table(("Column", "Type", "Meaning"), (_column_row(column, asset) for column in asset.columns))
    yield from ("", f"Needs {'; '.join(_need(read, graph) for read in asset.reads)}.")
    if asset.rules:
        yield from ("", f"Rules: {', '.join(f'`{name}`' for name in sorted(asset.rules))}.")
    if asset.minimum_group and asset.minimum_group > 1:
        yield from ("", f"Rows about fewer than {asset.minimum_group} listeners are removed.")
    for example in asset.examples:
        yield from ("", *_example(example))


def _column_row(column: Column, asset: Declaration) -> tuple[str, str, str]:
    name = f"**{column.name}**" if column.name in asset.grain else column.name
    return name, type_text(column) + (", may be null" if column.name in asset.nullable else ""), column.meaning


def _need(read: Read, graph: Graph) -> str:
    return f"`{graph.key_of(read.asset)}` {_WINDOWS[read.window]} ({', '.join(read.columns)})"


def _example(example: Example) -> Iterator[str]:
    for listener, plays in example.given.items():
        yield f"{listener} plays `{plays}`:"
    yield ""
    rows = [row for row in example.expect if not isinstance(row, EllipsisType)]
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [tuple(_cell(row[name]) if name in row else "" for name in names) for row in rows]
    yield from table(names, [*cells, *([("…",) * len(names)] if len(rows) < len(example.expect) else [])])


def _cell(value: Any) -> str:
    return "yes" if value is True else "no" if value is False else str(value)
