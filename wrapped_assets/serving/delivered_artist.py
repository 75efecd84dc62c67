"""Reads what an artist's year is told from out of a delivered export `artist_editions`: rounded, of groups, and nothing else."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from wrapped_assets.contracts.errors import InputError, RefusedError
from wrapped_assets.exports.artist_editions import BREAKDOWNS, FANS, TOTALS
from wrapped_assets.privacy.disclosure import OTHER
from wrapped_assets.privacy.policy import policy_of
from wrapped_assets.privacy.untrusted import in_a_cell
from wrapped_assets.stories.artist_data import ArtistData


def delivered_artist(folder: Path, name: str, year: int) -> ArtistData:
    """One artist's figures, as the gates let them pass.

    InputError where the folder holds no such export, or one of another year; RefusedError for an artist who is not in it.
    """
    tables = {file: _table(folder, file) for file in (TOTALS, BREAKDOWNS, FANS)}
    mine = {file: table.filter(pl.col("artist_name") == in_a_cell(name)) for file, table in tables.items()}
    if mine[TOTALS].is_empty():
        raise RefusedError("the export tells nothing of an artist of that name, which is what it says of small audiences, too")
    report = _report(folder, year)
    minimum = policy_of("artist_editions").policy.disclosure
    totals = mine[TOTALS].row(0, named=True)
    return ArtistData(
        name=name, year=year, edition=str(year), rules=report["rules"], window=(date(year, 1, 1), date(year, 12, 31)),
        minimum_listeners=minimum.k_cell if minimum else 0, is_rounded=True, insights=_rows(totals, mine[BREAKDOWNS], mine[FANS], year),
    )  # fmt: skip


def _rows(totals: dict[str, Any], breakdowns: pl.DataFrame, fans: pl.DataFrame, year: int) -> dict[str, list[dict[str, Any]]]:
    """The rows of the insights that the figures stand for."""
    everybody = totals["about_listeners"]
    parts = {
        dimension: breakdowns.filter(pl.col("dimension") == dimension).sort("about_listeners", "value", descending=[True, False])
        for dimension in ("month", "country")
    }
    countries = [
        {"area_kind": "country", "country": None if row["value"] == OTHER else row["value"], "place_name": None, "lift": None,
         "listener_count": row["about_listeners"], "listener_share": min(1.0, row["about_listeners"] / everybody)}
        for row in parts["country"].to_dicts()
    ]  # fmt: skip
    months = [
        {"month": row["value"], "listener_count": row["about_listeners"], "listen_count": None}
        for row in parts["month"].sort("value").to_dicts()
        if row["value"].startswith(str(year))
    ]
    devoted = [
        {"listener_count": everybody, "favourite_count": None, "super_listener_count": row["about_fans"],
         "super_listen_share": row["about_share_percent"] / 100}
        for row in fans.to_dicts()
    ]  # fmt: skip
    return {
        "artist_totals": [{"listener_count": everybody, "listen_count": totals["about_listens"], "hours": totals["about_hours"]}],
        "audience_months": months,
        "artist_places": sorted(countries, key=lambda row: row["country"] is None),
        "top_listeners": devoted,
    }


def _table(folder: Path, file: str) -> pl.DataFrame:
    try:
        return pl.read_csv(folder / file, infer_schema_length=None, schema_overrides={"artist_name": pl.String, "value": pl.String})
    except (OSError, pl.exceptions.PolarsError):
        raise InputError(f"{file} cannot be read in that folder: expected one that `wrapped export artist_editions` delivered") from None


def _report(folder: Path, year: int) -> dict[str, Any]:
    try:
        report = json.loads((folder / "privacy_report.json").read_text(encoding="utf-8"))
        told, rules = report["year"], report["rules"]
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError("privacy_report.json cannot be read in that folder: expected a delivered export") from None
    if told != year:
        raise InputError(f"the export is of another year, {told}: give --year {told}")
    return {"rules": rules if isinstance(rules, str) else rules["name"]}
