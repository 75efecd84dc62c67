"""Pages of the docs that declarations write themselves: `python -m wrapped_assets.documentation` refreshes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import EllipsisType
from typing import Any

import polars as pl

from wrapped_assets.contracts.declaration import Declaration, Example, Read
from wrapped_assets.contracts.graph import Graph, project_graph
from wrapped_assets.documentation_of_privacy import filled
from wrapped_assets.vocabulary.columns import BY_NAME, Column

FOLDER = Path(__file__).parent.parent / "docs"
COMMAND = "python -m wrapped_assets.documentation"
# The order in which a story tells them; a chapter that is not named here comes after, by name.
CHAPTERS = {
    "overview": "Overview", "music": "Music", "habits": "Habits", "discovery": "Discovery", "playlists": "Playlists",
    "population": "Over all listeners",
}  # fmt: skip
_WINDOWS = {"period": "of the year", "previous_year": "of the year before", "month_and_edges": "of the month and 36 hours beside it"}
_PRIVACY = {
    "direct": "names a person", "pseudonym": "stands for a person", "quasi": "helps to recognise a person", "sensitive": "sensitive",
    "own_content": "what a listener did", "aggregate": "about a group", "public": "about no one",
}  # fmt: skip


def pages(graph: Graph | None = None) -> dict[str, str]:
    """Every generated page by file name, in a fixed order of sections; of privacy.md only the tables are."""
    known = graph or project_graph()
    privacy = filled((FOLDER / "privacy.md").read_text(encoding="utf-8"))  # written by hand, but for its tables
    return {"insights.md": insights_page(known), "columns.md": columns_page(known), "privacy.md": privacy}


def insights_page(graph: Graph) -> str:
    """What each insight, playlist and population figure says, by which rule, from what."""
    by_chapter: dict[str, list[Declaration]] = {}
    for asset in sorted(graph.by_key.values(), key=lambda one: one.name):
        if asset.layer in ("insights", "playlists", "population"):
            by_chapter.setdefault(asset.chapter or asset.layer, []).append(asset)
    order = [*CHAPTERS, *sorted(set(by_chapter) - set(CHAPTERS))]
    chapters = [chapter for chapter in order if chapter in by_chapter]
    lines = [
        "# Insights",
        "",
        f"<!-- Written by `{COMMAND}` from the declarations; edit those. -->",
        "",
        "What is said of a listener's year, by which rule, and from which columns. Days, hours and months are those of the listener's",
        "own time zone, and the year is the edition's window. `wrapped show` adds display names beside ids. In the examples ids are",
        "written as names, a play without more said is a full listen of three minutes, and `…` stands for further rows.",
        "",
    ]
    for chapter in chapters:
        names = ", ".join(f"[{asset.name}](#{asset.name})" for asset in by_chapter[chapter])
        lines.append(f"* {_title(chapter)}: {names}")
    for chapter in chapters:
        lines += ["", f"## {_title(chapter)}"]
        for asset in by_chapter[chapter]:
            lines += _section(asset, graph)
    return "\n".join(lines) + "\n"


def columns_page(graph: Graph) -> str:
    """The dictionary: each column's type, unit, meaning and privacy, and the assets that have it."""
    lines = [
        "# Columns",
        "",
        f"<!-- Written by `{COMMAND}` from the dictionary of columns; edit that. -->",
        "",
        "The same name means the same thing, in the same unit and type, in every table.",
    ]
    for column in sorted(BY_NAME.values(), key=lambda one: one.name):
        holders = sorted(key for key, asset in graph.by_key.items() if column.name in asset.schema)
        lines += ["", f"## {column.name}", "", f"{column.meaning} {_type(column)}; privacy: {_PRIVACY[column.privacy]}."]
        lines += ["", f"In {', '.join(f'`{key}`' for key in holders)}."] if holders else []
    return "\n".join(lines) + "\n"


def _title(chapter: str) -> str:
    return CHAPTERS.get(chapter, chapter.replace("_", " ").capitalize())


def _section(asset: Declaration, graph: Graph) -> Iterator[str]:
    rule = asset.description.partition("\n")[2].strip()
    yield from ("", f"### {asset.name}", "", asset.meaning)
    if rule:
        yield from ("", rule)
    if asset.headline:
        yield from ("", f"> {asset.headline}")
    yield from ("", f"`wrapped show {asset.key}`", "")
    yield from _table(("Column", "Type", "Meaning"), (_column_row(column, asset) for column in asset.columns))
    yield from ("", f"Needs {'; '.join(_need(read, graph) for read in asset.reads)}.")
    if asset.rules:
        yield from ("", f"Rules: {', '.join(f'`{name}`' for name in sorted(asset.rules))}.")
    if asset.minimum_group is not None:
        yield from ("", f"Smallest group shown: {asset.minimum_group}.")
    for example in asset.examples:
        yield from ("", *_example(example))


def _column_row(column: Column, asset: Declaration) -> tuple[str, str, str]:
    name = f"**{column.name}**" if column.name in asset.grain else column.name
    return name, _type(column), column.meaning


def _need(read: Read, graph: Graph) -> str:
    return f"`{graph.key_of(read.asset)}` {_WINDOWS[read.window]} ({', '.join(read.columns)})"


def _example(example: Example) -> Iterator[str]:
    for listener, plays in example.given.items():
        yield f"{listener} plays `{plays}`:"
    yield ""
    rows = [row for row in example.expect if not isinstance(row, EllipsisType)]
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [tuple(_cell(row[name]) if name in row else "" for name in names) for row in rows]
    yield from _table(names, [*cells, *([("…",) * len(names)] if len(rows) < len(example.expect) else [])])


def _cell(value: Any) -> str:
    return "yes" if value is True else "no" if value is False else str(value)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _type(column: Column) -> str:
    if isinstance(column.dtype, pl.Datetime):
        return f"Datetime({column.dtype.time_unit}, {column.dtype.time_zone})"
    return f"{column.dtype}, {column.unit}" if column.unit else str(column.dtype)


def main() -> None:
    """Writes every page into docs/."""
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        print(f"docs/{name}")  # noqa: T201 (a command says what it wrote)


if __name__ == "__main__":
    main()
