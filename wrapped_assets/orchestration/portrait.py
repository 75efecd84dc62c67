"""How an asset looks in the UI: description, columns, lineage of columns, kinds, owners and tags, all read off its declaration."""

from types import EllipsisType
from typing import Any

import dagster as dg

from wrapped_assets.contracts.declaration import Declaration, Example
from wrapped_assets.contracts.graph import EXTERNALS, Graph
from wrapped_assets.contracts.known import KNOWN
from wrapped_assets.orchestration.groups import numbered
from wrapped_assets.orchestration.source_links import source_file, source_of
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.categories import category_of, class_of_table

OWNERS = {
    "sources": ["team:intake"],
    "registry": ["team:privacy"],
    "catalogue": ["team:listening"],
    "listens": ["team:listening"],
    "aggregates": ["team:listening"],
    "insights": ["team:insights"],
    "playlists": ["team:insights"],
    "population": ["team:insights", "team:privacy"],
}
KINDS = {"insights": "insight", "playlists": "playlist", "population": "statistic"}
MEANINGS = {
    "landed_plays": "Plays as they were exported, coded and landed by UTC month: append-only, written by an import or by the inbox."
    " Example: a play that began on 2025-03-05 at 08:00 UTC and lasted 200 seconds, as one service exported it.",
    "landed_tracks": "The tracks that landed plays name, each spelling once a month."
    " Example: the song, artist and album as one client wrote them, with the ids it sent.",
    "links": "Spellings that one listener's history links: ids under two names, names of one playback, plays without their album."
    " Example: an id that names its song once with and once without “Remastered” is one recording for this listener.",
    "listeners": "Listeners and their time zones. Their names never leave the registry."
    " Example: `time_zone` Europe/Berlin for a surrogate id.",
    "exclusions": "What listeners asked to leave out of their figures: artists, recordings, release groups, hours."
    " Example: an hour of the night that is left out of all of a listener's figures.",
    "profiles": "What figures about many people may know of listeners (country, place, year of birth), and who agreed to be found."
    " Example: `country` DE and a year of birth, for a surrogate id.",
    "groups": "Groups of listeners who want their year told together: those members who agreed to it. Example: one member of one group.",
    "known_artists": "Artists as the catalogue that an edition is told by has them: countries, places, genres."
    " Example: an artist from Bergen in Norway.",
    "known_release_groups": "Release groups as the catalogue has them: track counts, years of the original release, genres."
    " Example: an album of 2001 with ten tracks.",
    "known_recordings": "Recordings as the catalogue has them: years of the original release, lengths, identifiers, genres."
    " Example: a recording of 2001, 200 seconds long, with its ISRC.",
    "known_genres": "The tree of genres: names, parents, other spellings. Example: ambient, which is part of electronic.",
    "known_places": "Places: their countries and how many people live there. Example: Bergen in Norway, with 291,000 inhabitants.",
}
# Inputs from outside: the file of this package that writes or reads them in.
WRITTEN_BY = {
    "landed_plays": "building/importing.py", "landed_tracks": "building/importing.py", "links": "building/linking.py",
    "listeners": "storage/people.py", "exclusions": "building/excluding.py", "profiles": "storage/profiles.py",
    "groups": "storage/groups.py",
}  # fmt: skip
CATALOGUE = "building/cataloguing.py"
UNIT_OF_WORK = {
    "month_bucket": "A partition is a month; the listeners' buckets lie inside it.",
    "year_bucket": "A partition is a year; the listeners' buckets lie inside it.",
    "year": "A partition is a year, over all listeners.",
}
MOST_SHOWN = 3  # listeners and rows of an example
HOW_TO = (
    "Materializing computes what is stale of the partitions asked for and reports the rest as it is. To compute every cell, set "
    "`resources: {lake: {config: {recompute: all}}}` in the run's config; `buckets: [0]` there restricts it to some buckets."
)


def description(declaration: Declaration) -> str:
    """The docstring (what a row is, and the rule for ties), an example, the rules that the asset depends on, and how it is computed."""
    parts = [declaration.description, f"One row per {_listed(declaration.grain)}.", *(_example(each) for each in declaration.examples[:1])]
    if declaration.rules:
        parts.append(f"Depends on the edition's rules {_listed(sorted(declaration.rules))}.")
    if declaration.minimum_group:
        parts.append(f"Groups of fewer than {declaration.minimum_group} listeners have no row.")
    return "\n\n".join([*parts, f"{UNIT_OF_WORK[declaration.kind]} {HOW_TO}"])


def _example(example: Example) -> str:
    """A worked example as a sentence and a table: who played what, and the rows that follow, with names in place of ids."""
    shown = list(example.given.items())[:MOST_SHOWN]
    played = "; ".join(f"{listener} plays `{plays}`" for listener, plays in shown)
    others = f"; and {len(example.given) - len(shown)} more listeners" if len(example.given) > len(shown) else ""
    rows = [row for row in example.expect if not isinstance(row, EllipsisType)][:MOST_SHOWN]
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [names, ["---"] * len(names), *([str(row.get(name, "")) for name in names] for row in rows)]
    table = "\n".join(f"| {' | '.join(cell.replace('|', '¦') for cell in cells)} |" for cells in lines)
    return f"Example: where {played}{others}:\n\n{table}" if rows else f"Example: no row where {played}{others}."


def _listed(names: Any) -> str:
    return ", ".join(f"`{name}`" for name in names) or "year"


def privacy_tags(privacy: str, category: str) -> dict[str, str]:
    """How a column's class and its fideslang category are written in the UI's tags."""
    return {"privacy/class": privacy, "privacy/category": category}


def schema(columns: list[c.Column], grain: tuple[str, ...] = ()) -> dg.TableSchema:
    """Columns with meaning and unit, tagged with privacy class and data category; those of the grain are marked as never null."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                column.name, str(column.dtype), f"{column.meaning} [{column.unit}]" if column.unit else column.meaning,
                constraints=dg.TableColumnConstraints(nullable=False, other=["part of the grain"]) if column.name in grain else None,
                tags=privacy_tags(column.privacy, category_of(column)),
            )
            for column in columns
        ]
    )  # fmt: skip


def lineage(graph: Graph, declaration: Declaration) -> dg.TableColumnLineage:
    """Column by column, what it may be made of: the same-named columns that are read, or, where there is none, every column read.

    This follows from the declaration alone. A function cannot read what it does not declare, so nothing is missing; it may be too much.
    """
    read = [(dg.AssetKey(key.split("/")), name) for key, found in graph.inputs(declaration) for name in found.columns]
    deps: dict[str, list[dg.TableColumnDep]] = {}
    for column in declaration.columns:
        named = [pair for pair in read if pair[1] == column.name]
        deps[column.name] = [dg.TableColumnDep(key, name) for key, name in dict.fromkeys(named or read)]
    return dg.TableColumnLineage(deps)


def portrait(graph: Graph, declaration: Declaration, group: str) -> dict[str, Any]:
    """The arguments of an asset that say what it is, and where its code is."""
    privacy = class_of_table(declaration.columns, is_by_listener=declaration.kind != "year")
    return {
        "description": description(declaration),
        "group_name": group,
        "owners": OWNERS[declaration.layer],
        "kinds": {"polars", "parquet", *([KINDS[declaration.layer]] if declaration.layer in KINDS else [])},
        "tags": {"privacy": privacy, "layer": declaration.layer, **({"chapter": declaration.chapter} if declaration.chapter else {})},
        "metadata": {
            "dagster/column_schema": schema(list(declaration.columns), declaration.grain),
            "dagster/column_lineage": lineage(graph, declaration),
            "dagster/code_references": source_of(declaration.function, declaration.name),
        },
    }


def outside_portrait(graph: Graph, name: str) -> dict[str, Any]:
    """The same for an input that no function makes; its columns are those that anyone reads."""
    key = EXTERNALS[name]
    used = {column for found in graph.by_key.values() for source, read in graph.inputs(found) if source == key for column in read.columns}
    columns = list(KNOWN.get(name, ())) or [column for column in c.BY_NAME.values() if column.name in used]
    group = key.partition("/")[0]
    return {
        "description": f"{MEANINGS[name]}\n\nNo ties: nothing is ranked.",
        "group_name": numbered(group),
        "owners": OWNERS[group],
        "kinds": {"parquet"} if group == "sources" else {"sqlite"},
        "tags": {"privacy": class_of_table(columns, is_by_listener=False), "layer": group},
        "metadata": {"dagster/column_schema": schema(columns), "dagster/code_references": source_file(WRITTEN_BY.get(name, CATALOGUE))},
    }
