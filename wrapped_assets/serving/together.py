"""Gathers what a group's year is told from."""

from __future__ import annotations

from typing import Any

import polars as pl

from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import InputError, RefusedError
from wrapped_assets.serving.formats import json_rows
from wrapped_assets.serving.rows import displayed_each
from wrapped_assets.storage import consents, registry
from wrapped_assets.storage.groups import Group, find_group
from wrapped_assets.storage.publications import LiveEdition
from wrapped_assets.stories.data import tellings_of
from wrapped_assets.stories.group_data import FEW, GroupData, awards_of, overlaps_of
from wrapped_assets.vocabulary.rules import rules_as_published


def group_data(project: Project, name: str, year: int, live: LiveEdition | None = None) -> GroupData:
    """A group's year, of the newest build or of a published edition, of the members who agree now.

    InputError for an unknown group or a year that was not built; RefusedError where fewer than two members agree.
    """
    group = find_group(project.root, name)
    if len(group.members) < 2:
        raise RefusedError(
            "fewer than two members of the group agreed to be told together; "
            "`wrapped consent set LISTENER group given` records that one does"
        )
    rules = rules_as_published(live.rules) if live else registry.editions(project.root, [year])[year].rules
    insights = [found for found in project.graph.by_key.values() if found.layer == "insights" and found.subject == "group"]
    if live:  # an insight that is younger than the edition is not in it
        published = {cell.asset for cell in live.paths}
        insights = [found for found in insights if found.key in published]
    frames = displayed_each(project.root, project.graph, [found.key for found in insights], [year], paths=live.paths if live else None)
    rows = {found.name: _rows(frames[found.key], group) for found in insights}
    awards, overlaps = rows.pop("group_awards", []), rows.pop("group_overlaps", [])
    if not (awards or overlaps or any(rows.values())):
        raise InputError(f"nothing of {year} is known of this group: run `wrapped build`; it needs two members with listens")
    return GroupData(
        name=group.name, year=year, edition=str(year), rules=rules.name, window=(rules.window_start, rules.window_end),
        members=tuple(member.name for member in group.members), awards=awards_of(awards), overlaps=overlaps_of(overlaps),
        insights=rows, tellings=tellings_of(insights),
        agreed={member.name: day for member in group.members if (day := consents.agreed_since(project.root, member.listener_id, "group"))},
    )  # fmt: skip


def _rows(frame: pl.DataFrame, group: Group) -> list[dict[str, Any]]:
    """The group's rows with its members' names; who has left since the build is in none of them."""
    names = {member.listener_id: member.name for member in group.members}
    frame = frame.filter(pl.col("group_id") == group.group_id)
    for column in [name for name in frame.columns if name.endswith("listener_id")]:
        frame = frame.filter(pl.col(column).is_in(list(names)))
        said = pl.col(column).replace_strict(names, default=None, return_dtype=pl.String)
        frame = frame.with_columns(said.alias(column.removesuffix("id") + "name"))
    counts = [name for name in frame.columns if name.endswith("listener_count")]
    frame = frame.with_columns(pl.when(pl.col(name) >= FEW).then(pl.col(name)).alias(name) for name in counts)
    return json_rows(frame.drop(name for name in frame.columns if name.endswith(("listener_id", "group_id"))))
