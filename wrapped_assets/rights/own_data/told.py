"""What the page needs of the tables that pass by: counts of all, the small ones whole, insights by year; never the plays themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl

from wrapped_assets.rights.own_data.contents import Table
from wrapped_assets.rights.own_data.fields import OWNER, Field
from wrapped_assets.serving.formats import json_rows
from wrapped_assets.storage.exports import ExportRecord
from wrapped_assets.storage.registry import Listener
from wrapped_assets.storage.responsible import Controller

_SHOWN_ROWS = 500  # of a small table; whoever has more finds them in the files, and the page says so


@dataclass(frozen=True)
class File:
    """What the list of files says of one table."""

    name: str
    section: str
    meaning: str
    fields: tuple[Field, ...]


@dataclass
class Told:
    """One person's own data, as far as its page shows it; instants in UTC."""

    listener: Listener
    locale: str
    record: ExportRecord
    fetch_until: datetime
    destroyed_at: datetime
    built_at: datetime | None
    controller: Controller | None = None
    tables: list[File] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # of the registry's tables
    insights: dict[int, dict[str, list[dict[str, Any]]]] = field(default_factory=dict)  # year → insight → rows
    outcomes: dict[int, Counter[str]] = field(default_factory=dict)  # year → outcome → plays
    rejected: Counter[str] = field(default_factory=Counter)  # reason → rows
    span: tuple[datetime, datetime] | None = None  # of landed plays

    def take(self, table: Table) -> None:
        """Notes what the page will say of a table."""
        self.tables.append(File(table.name, table.section, table.meaning, table.fields))
        self.counts[table.name] = table.frame.height
        if table.name == "rejected_rows":
            self.rejected.update(dict(table.frame.group_by("reason").len().iter_rows()))
        elif table.section == "registry":
            self.rows[table.name] = json_rows(table.frame.head(_SHOWN_ROWS))
        elif table.name == "landed_plays" and table.frame.height:
            first, last = table.frame.select(first=pl.col("listened_at").min(), last=pl.col("listened_at").max()).row(0)
            self.span = first, last
        elif table.name == "outcomes":
            self._count(table.frame)
        elif table.section == "insights":
            self._keep(table)

    def _count(self, frame: pl.DataFrame) -> None:
        for month, outcome, plays, dropped in frame.select("month", "outcome", "play_count", "duplicate_count").iter_rows():
            found = self.outcomes.setdefault(int(month[:4]), Counter())
            found[outcome] += plays
            found["duplicate"] += dropped

    def _keep(self, table: Table) -> None:
        if "year" not in table.frame.columns or _is_about_two(table.fields):
            return
        for year in table.frame["year"].unique().sort():
            own = table.frame.filter(pl.col("year") == year).drop(OWNER, "year")
            self.insights.setdefault(year, {})[table.name] = json_rows(own)


def _is_about_two(fields: Sequence[Field]) -> bool:
    """Whether rows are of a group, or of pairs: without the others they make no sentence."""
    return any(each.name in ("group_id", "similarity_share") for each in fields)
