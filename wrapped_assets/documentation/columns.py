"""docs/columns.md: every column of the dictionary, and the assets that have it."""

from __future__ import annotations

from wrapped_assets.contracts.graph import Graph
from wrapped_assets.documentation.tables import CLASSES, type_text
from wrapped_assets.vocabulary.columns import BY_NAME


def columns_page(graph: Graph) -> str:
    """The dictionary: each column's type, unit, meaning and privacy, and the assets that have it."""
    lines = [
        "# Columns",
        "",
        "<!-- Written by `wrapped docs` from the dictionary of columns; edit that. -->",
        "",
        "The same name means the same thing, in the same unit and type, in every table.",
    ]
    for column in sorted(BY_NAME.values(), key=lambda one: one.name):
        holders = sorted(key for key, asset in graph.by_key.items() if column.name in asset.schema)
        lines += ["", f"## {column.name}", "", f"{column.meaning} {type_text(column)}; privacy: {CLASSES[column.privacy]}."]
        lines += ["", f"In {', '.join(f'`{key}`' for key in holders)}."] if holders else []
    return "\n".join(lines) + "\n"
