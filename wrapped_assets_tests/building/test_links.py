"""Links between names reach over months: what they touch is computed again, nothing else, and an erased listener leaves none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from wrapped_assets.building.build import build
from wrapped_assets.building.cataloguing import import_catalogue
from wrapped_assets.building.importing import Person, import_paths
from wrapped_assets.building.linking import tracks_of
from wrapped_assets.building.situate import Project
from wrapped_assets.listens.code import LANDED_TRACKS
from wrapped_assets.rights.erasing import erase
from wrapped_assets.storage import manifest, registry
from wrapped_assets.storage.chunks import load_chunks
from wrapped_assets.storage.registry import find_listener
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.exports import spotify_file, spotify_rows
from wrapped_assets_tests.small_roots import KEY, versions

URI = "spotify:track:0000000000000000000001"


def rows(text: str, artist: str = "bo", **more: Any) -> list[dict[str, Any]]:
    return [{**row, "master_metadata_album_artist_name": artist, **more} for row in spotify_rows(text)]


OLD = rows("2024-11-02 eple, 2025-01-10 eple", "old name", spotify_track_uri=URI) + rows("2024-11-05 rain, 2025-02-03 walk", "old name")
NEW = rows("2025-06-03 eple", "new name", spotify_track_uri=URI)


def land(root: Root, folder: Path, name: str, plays: list[dict[str, Any]]) -> None:
    import_paths(root, [spotify_file(folder, plays)], Person(name, "UTC"))


def top_artists(root: Root, year: int) -> list[int]:
    stored = {(cell.asset, cell.period): found.path for cell, found in manifest.load_cells(root).items()}
    return pl.read_parquet(root.path / stored["insights/top_artists", str(year)])["listen_count"].sort().to_list()


@pytest.mark.slow
def test_a_late_name_joins_what_was_heard_before_and_is_what_a_rebuild_gives(tmp_path: Path) -> None:
    root = Root.open_or_make(tmp_path / "root", 1, KEY)
    land(root, tmp_path / "a", "ana", OLD)
    land(root, tmp_path / "b", "bo", rows("2024-12-03 night, 2025-01-09 eple", "old name"))
    build(Project(root))
    assert top_artists(root, 2025) == [1, 2]
    land(root, tmp_path / "c", "ana", NEW)
    report = build(Project(root))
    assert top_artists(root, 2025) == [1, 3]
    plays = {cell.period for cell in report.recomputed if cell.asset == "listens/plays"}
    assert plays == {"2024-11", "2025-01", "2025-02", "2025-06"}, "the months in which a linked name was heard, and no other"
    again = Root.open_or_make(tmp_path / "again", 1, KEY)
    land(again, tmp_path / "c2", "ana", NEW)
    land(again, tmp_path / "b2", "bo", rows("2024-12-03 night, 2025-01-09 eple", "old name"))
    land(again, tmp_path / "a2", "ana", OLD)
    build(Project(again))
    assert versions(again) == versions(root)
    assert not build(Project(root)).recomputed
    files = sorted(root.path.glob("landing/tracks/*/*/*.parquet"))
    every = pl.concat([pl.read_parquet(file) for file in files]).select(list(LANDED_TRACKS))
    assert every.height > every["variant_id"].n_unique(), "a name stands in several months"
    assert tracks_of(root, load_chunks(root), 0).equals(every.unique("variant_id").sort("variant_id"))


def know(root: Root, folder: Path, title: str) -> str:
    """Imports a catalogue that gives URI this title; returns the version."""
    path = folder / "catalogue.csv"
    path.write_text(f"recording_name,artist_names,spotify_uri\n{title},new name,{URI}\n")
    version = import_catalogue(root, [path]).version
    assert version
    return version.name


def test_a_new_catalogue_touches_months_with_a_name_that_it_changes_and_no_year_that_keeps_its_version(tmp_path: Path) -> None:
    root = Root.open_or_make(tmp_path / "root", 1, KEY)
    land(root, tmp_path / "a", "ana", OLD + rows("2025-03-05 night"))
    registry.set_edition(root, 2024, catalogue=know(root, tmp_path, "pear"), is_frozen=True)
    build(Project(root))
    know(root, tmp_path, "apple")
    report = build(Project(root))
    assert {cell.period for cell in report.recomputed if cell.asset in ("listens/plays", "catalogue/tracks")} == {"2025-01"}
    assert not build(Project(root)).recomputed


def test_an_erased_listener_leaves_no_link(tmp_path: Path) -> None:
    root = Root.open_or_make(tmp_path / "root", 1, KEY)
    land(root, tmp_path / "a", "ana", OLD + NEW)
    land(root, tmp_path / "b", "bo", rows("2025-01-09 eple", "old name"))
    build(Project(root))
    assert [path for path in (root.path / "landing" / "links").glob("*.parquet") if pl.read_parquet(path).height]
    erase(Project(root), find_listener(root, "ana"))
    assert not [path for path in (root.path / "landing" / "links").glob("*.parquet") if pl.read_parquet(path).height]
