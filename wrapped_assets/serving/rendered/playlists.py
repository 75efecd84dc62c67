"""The playlists of all listeners of a bucket, from one reading of its cells: equal to what `playlists_of` gathers for each alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.asset import Declaration
from wrapped_assets.playlists.formats.contract import PlaylistData
from wrapped_assets.serving.rows import displayed_each
from wrapped_assets.serving.telling import asset_of_playlist, playlist_names, said_of, tracks_of
from wrapped_assets.serving.tracks import track_details
from wrapped_assets.storage.publications import LiveEdition
from wrapped_assets.storage.registry import Listener
from wrapped_assets.vocabulary.rules import Rules, rules_as_published

_PARTS = ("month", "span_number")  # of a playlist that has one for each, the latest is told


@dataclass(frozen=True)
class Listed:
    """One listener's playlist: rows with what is known of their recordings, in order."""

    title: str
    description: str
    created: date
    rows: list[dict[str, Any]]

    def playlist(self, listener: str) -> PlaylistData:
        """The playlist to write."""
        return PlaylistData(self.title, self.created, tracks_of(self.rows), self.description, listener)


@dataclass(frozen=True)
class Playlists:
    """A published bucket's playlists by name: the asset and its rows; and what is known of their recordings."""

    year: int
    rules: Rules
    frames: Mapping[str, tuple[Declaration, pl.DataFrame]]
    details: pl.DataFrame

    @classmethod
    def of(cls, project: Project, year: int, bucket: int, live: LiveEdition, someone: Listener) -> Playlists:
        """Of the bucket in which `someone` is."""
        published = {cell.asset for cell in live.paths}  # a playlist that is younger than the edition is not in it
        declared = {name: asset_of_playlist(project, name) for name in playlist_names(project)}
        declared = {name: each for name, each in declared.items() if each.key in published}
        keys = {each.key for each in declared.values()}
        paths = live.paths.only(lambda cell: cell.asset not in keys or cell.bucket in (None, bucket))
        found = displayed_each(project.root, project.graph, sorted(keys), [year], paths=paths)
        frames = {
            name: (each, found[each.key].select("listener_id", "recording_id", *({*_PARTS, "listen_count"} & {*found[each.key].columns})))
            for name, each in declared.items()
        }
        ids = pl.concat([pl.Series("recording_id", [], pl.Int64), *(frame["recording_id"] for _, frame in frames.values())]).unique()
        details = track_details(project.root, ids, someone, [year], stored=live.paths)
        return cls(year, rules_as_published(live.rules), frames, details)

    def of_listeners(self, listeners: Collection[int]) -> dict[int, dict[str, Listed]]:
        """Each listener's playlists that have a track, by name."""
        found: dict[int, dict[str, Listed]] = {listener_id: {} for listener_id in listeners}
        for name, (declaration, every) in self.frames.items():
            frame = every.filter(pl.col("listener_id").is_in(list(found)))
            parts = [column for column in _PARTS if column in declaration.grain]
            for column in parts:
                frame = frame.filter(pl.col(column) == pl.col(column).max().over("listener_id"))
            rows = frame.join(self.details, on="recording_id", how="left", maintain_order="left").drop("recording_id").to_dicts()
            for row in rows:
                listener_id, of = row.pop("listener_id"), {column: row.pop(column) for column in parts}
                if name not in found[listener_id]:
                    title, description = said_of(declaration, self.rules, self.year, of)
                    found[listener_id][name] = Listed(title, description, self.rules.window_end, [])
                found[listener_id][name].rows.append(row)
        return found
