"""Gathers what one listener's story and playlists are made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.asset import Declaration
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.playlists.formats.contract import PlaylistData, PlaylistTrack
from wrapped_assets.serving.formats import json_rows
from wrapped_assets.serving.rows import displayed, displayed_each
from wrapped_assets.serving.tracks import track_details
from wrapped_assets.storage import registry
from wrapped_assets.storage.cell_paths import CellPaths
from wrapped_assets.storage.publications import LiveEdition
from wrapped_assets.storage.registry import Listener
from wrapped_assets.stories.data import Counted, Row, StoryData, Telling, tellings_of
from wrapped_assets.vocabulary.outcomes import IN_MINUTES, OUTCOMES, TOO_SHORT
from wrapped_assets.vocabulary.rules import Rules, rules_as_published

OUTCOMES_ASSET = "aggregates/outcomes"
_COUNTED = OUTCOMES[0]
# The command's name of a playlist where it differs from the asset's, which must not be that of an insight.
_ASSET_OF = {
    "top_discoveries": "top_discoveries_songs",
    "comebacks": "comebacks_songs",
    "missed_recordings": "missed_recordings_songs",
    "new_releases": "new_releases_songs",
}


def story_data(project: Project, listener: Listener, year: int, live: LiveEdition | None = None) -> StoryData:
    """One listener's year, of the newest build, or of a published edition with the rules as they were then.

    InputError where nothing of the year was built. A year without listens is a small story, no error.
    """
    edition = EditionTold.of(project, year, live)
    keys = [found.key for found in edition.insights]
    frames = displayed_each(project.root, project.graph, [*keys, OUTCOMES_ASSET], [year], listener, edition.paths)
    rows = {found.name: rows_without_ids(frames[found.key]) for found in edition.insights}
    return edition.of_listener(listener, rows, frames[OUTCOMES_ASSET].to_dicts())


def rows_without_ids(frame: pl.DataFrame) -> list[Row]:
    """A listener's rows as a story takes them: without the ids of listeners."""
    return json_rows(frame.drop(name for name in frame.columns if name.endswith("listener_id")))


@dataclass(frozen=True)
class EditionTold:
    """What every listener's story of one edition has in common. `paths` are a publication's cells; None: the newest build's."""

    year: int
    rules: Rules
    insights: list[Declaration]
    paths: CellPaths | None

    @cached_property
    def tellings(self) -> Mapping[str, Telling]:
        """How each insight is told, by its name."""
        return tellings_of(self.insights)

    @classmethod
    def of(cls, project: Project, year: int, live: LiveEdition | None) -> EditionTold:
        """Of a published edition with the rules as they were then, or of the newest build."""
        insights = [
            found
            for found in project.graph.by_key.values()
            if found.layer == "insights" and found.kind == "year_bucket" and "listener_id" in found.schema
        ]
        if live is None:
            return cls(year, registry.editions(project.root, [year])[year].rules, insights, None)
        published = {cell.asset for cell in live.paths}  # an insight that is younger than the edition is not in it
        return cls(year, rules_as_published(live.rules), [found for found in insights if found.key in published], live.paths)

    def of_listener(self, listener: Listener, rows: Mapping[str, Sequence[Row]], outcomes: Iterable[Row]) -> StoryData:
        """The story of the rows that one listener has of each insight, and of OUTCOMES_ASSET."""
        since = next((row["history_since"] for row in rows.get("discoveries", ())), None)
        rules = self.rules
        return StoryData(
            listener=listener.name, year=self.year, edition=str(self.year), rules=rules.name,
            window=(rules.window_start, rules.window_end), time_zone="UTC" if rules.clock == "utc" else listener.time_zone,
            counted=counted(outcomes, rules), insights=rows, tellings=self.tellings, history_since=since,
        )  # fmt: skip


def counted(outcomes: Iterable[Row], rules: Rules) -> Counted:
    """Plays in and out, of rows of OUTCOMES_ASSET."""
    plays, unknown_by_outcome, duplicates = Counter[str](), Counter[str](), 0
    for row in outcomes:
        plays[row["outcome"]] += row["play_count"]
        unknown_by_outcome[row["outcome"]] += row["unknown_length_count"]
        duplicates += row["duplicate_count"]
    excluded = {reason: plays[reason] for reason in OUTCOMES[1:]} | {"duplicate": duplicates}
    too_short_for_minutes = {TOO_SHORT} if rules.minutes_minimum_ms >= rules.minimum_ms_played > 0 else set()
    timed = {OUTCOMES[code] for code in IN_MINUTES if code not in too_short_for_minutes}
    unknown = sum(unknown_by_outcome[name] for name in timed)
    return Counted(
        listens=plays[_COUNTED], plays_in_minutes=sum(plays[name] for name in timed), excluded=excluded,
        unknown_length_count=0 if rules.unknown_length_ms else unknown, estimated_length_count=unknown if rules.unknown_length_ms else 0,
    )  # fmt: skip


def playlist_names(project: Project) -> list[str]:
    """What `wrapped playlist` can write."""
    by_asset = {asset: name for name, asset in _ASSET_OF.items()}
    return sorted(by_asset.get(found.name, found.name) for found in project.graph.by_key.values() if found.layer == "playlists")


def asset_of_playlist(project: Project, name: str) -> Declaration:
    """The asset of a playlist as `wrapped playlist` names it. InputError for an unknown name."""
    if name not in playlist_names(project):
        raise InputError(f"unknown playlist {name!r}; known are {', '.join(playlist_names(project))}")
    return project.graph.by_key[f"playlists/{_ASSET_OF.get(name, name)}"]


def playlist_data(
    project: Project, name: str, listener: Listener, year: int, month: str | None = None, span: int | None = None,
    *, all_names: bool = False,
) -> PlaylistData:  # fmt: skip
    """A playlist of one listener's year; of a month or of a span of months where it has one for each (the latest unless one is given).

    With `all_names`, its tracks also have the other names under which the listener heard them.
    """
    declaration = asset_of_playlist(project, name)
    frame = displayed(project.root, project.graph, declaration.key, [year], listener)
    for option, column, value in (("month", "month", month), ("span", "span_number", span)):
        if value and column not in declaration.grain:
            raise InputError(f"{name} has no parts by {option}: leave --{option} out")
        if value and frame.filter(pl.col(column) == value).is_empty():
            raise InputError(f"{name} has no {option} {value}: leave --{option} out for the latest")
    part, said, created = _part_of_year(project, declaration, frame, year, {"month": month, "span_number": span})
    details = track_details(project.root, part["recording_id"], listener, [year], all_names=all_names)
    return playlist_of(part, details, listener, said, created)


def playlists_of(project: Project, listener: Listener, year: int) -> dict[str, PlaylistData]:
    """Every playlist of one listener's year by name, as `playlist_data` gives each, with one look at the lake for all."""
    declared = {name: asset_of_playlist(project, name) for name in playlist_names(project)}
    frames = displayed_each(project.root, project.graph, [each.key for each in declared.values()], [year], listener)
    parts = {name: _part_of_year(project, each, frames[each.key], year, {}) for name, each in declared.items()}
    ids = pl.concat(part["recording_id"] for part, _, _ in parts.values()).unique()
    details = track_details(project.root, ids, listener, [year])
    return {name: playlist_of(part, details, listener, said, created) for name, (part, said, created) in parts.items()}


def _part_of_year(
    project: Project, declaration: Declaration, frame: pl.DataFrame, year: int, asked: Mapping[str, str | int | None]
) -> tuple[pl.DataFrame, tuple[str, str], date]:
    """The rows of the part that is asked for by `month` or `span_number`, or else the latest; their title, description and last day."""
    parts = {column: asked.get(column) or frame[column].max() for column in ("month", "span_number") if column in declaration.grain}
    for column, value in parts.items():
        frame = frame.filter(pl.col(column) == value)
    rules = registry.editions(project.root, [year])[year].rules
    return frame, said_of(declaration, rules, year, parts), rules.window_end


def said_of(declaration: Declaration, rules: Rules, year: int, parts: Mapping[str, str | int | None]) -> tuple[str, str]:
    """Title and description of a playlist; `parts` are the month or the span that it is of, by column."""
    title = declaration.headline.format(year=year, **{column: parts.get(column) or "" for column in ("month", "span_number")})
    return title, f"{declaration.meaning} Rules {rules.name}, {rules.window_start} to {rules.window_end}."


def playlist_of(frame: pl.DataFrame, details: pl.DataFrame, listener: Listener, said: tuple[str, str], created: date) -> PlaylistData:
    """The playlist of rows in their order, with what `track_details` knows of their recordings; `said` is title and description."""
    wanted = ["recording_id", *({"listen_count"} & set(frame.columns))]
    found = frame.select(wanted).join(details, on="recording_id", how="left", maintain_order="left").drop("recording_id")
    title, description = said
    return PlaylistData(
        title=title, created=created, tracks=tracks_of(found.to_dicts()), description=description, listener_name=listener.name
    )


def tracks_of(rows: Iterable[Mapping[str, Any]]) -> list[PlaylistTrack]:
    """The tracks of rows that have what `track_details` knows of them, in their order."""
    return [
        PlaylistTrack(position=position, **{key: value for key, value in row.items() if value is not None})
        for position, row in enumerate(rows, 1)
    ]
