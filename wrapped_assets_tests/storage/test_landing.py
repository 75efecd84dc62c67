"""The landing is append-only, named by content, and readable only once it is committed."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from wrapped_assets.building.importing import Person, import_paths
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.storage import registry
from wrapped_assets.storage.buckets import bucket_of
from wrapped_assets.storage.chunks import PLAYS, TRACKS, load_chunks
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.exports import spotify_file
from wrapped_assets_tests.small_roots import KEY, SMALL_PLAYS, import_small, import_text, lake_files


def test_a_file_lies_in_its_utc_month_and_its_listeners_bucket_named_by_its_content(small: Root) -> None:
    for (asset, month, bucket), chunks in load_chunks(small).items():
        for chunk in chunks:
            assert chunk.path == f"landing/{'plays' if asset == PLAYS else 'tracks'}/{month}/b{bucket:03d}/{chunk.whole}.parquet"
            frame = pl.read_parquet(small.path / chunk.path)
            assert frame.height == chunk.row_count
            if asset == PLAYS:
                assert set(frame["listened_at"].dt.strftime("%Y-%m")) == {month}
                assert {bucket_of(small, one) for one in frame["listener_id"]} == {bucket}


def test_every_landed_play_has_its_track_beside_it(small: Root) -> None:
    chunks = load_chunks(small)
    for (asset, month, bucket), found in chunks.items():
        if asset == PLAYS:
            plays = pl.concat([pl.read_parquet(small.path / chunk.path) for chunk in found])
            tracks = pl.concat([pl.read_parquet(small.path / chunk.path) for chunk in chunks[TRACKS, month, bucket]])
            assert set(plays["variant_id"]) == set(tracks["variant_id"])


def test_exports_land_the_same_in_either_order_and_twice_is_once(tmp_path: Path) -> None:
    one, other = (Root.open_or_make(tmp_path / name, 2, KEY) for name in ("one", "other"))
    first = import_small(one, SMALL_PLAYS)
    import_small(other, dict(reversed(SMALL_PLAYS.items())))
    assert lake_files(one, "landing") == lake_files(other, "landing")
    assert load_chunks(one) == load_chunks(other)
    before = load_chunks(one)
    for name, report in import_small(one, SMALL_PLAYS).items():
        assert (report.accepted, report.duplicate) == (0, first[name].accepted + first[name].duplicate)
    assert load_chunks(one) == before


def test_an_overlapping_export_adds_only_what_is_new(tmp_path: Path) -> None:
    root = Root.open_or_make(tmp_path, 2, KEY)
    assert import_text(root, "ana", "2025-01-03 eple walk").accepted == 2
    report = import_text(root, "ana", "2025-01-03 eple walk rain, 2025-01-31 night@23:59")
    assert (report.accepted, report.duplicate) == (2, 2)


def test_no_file_of_the_landing_holds_a_name_or_an_address(small: Root) -> None:
    for content in lake_files(small, "landing").values():
        assert b"192.0.2.1" not in content
    assert not [path for path in lake_files(small, "landing") if "ana" in path.replace("landing", "")]


def test_an_import_that_is_refused_lands_nothing_and_registers_nobody(tmp_path: Path) -> None:
    root = Root.open_or_make(tmp_path / "root", 2, KEY)
    letter = tmp_path / "letter.txt"
    letter.write_text("no history")
    with pytest.raises(InputError):
        import_paths(root, [letter], Person("ana"))
    with pytest.raises(InputError, match="unknown time zone"):
        import_paths(root, [spotify_file(tmp_path, "2025-01-03 eple")], Person("ana", "Mars/Olympus"))
    assert load_chunks(root) == {}
    assert registry.all_listeners(root) == []


def test_a_second_import_keeps_what_it_does_not_say_of_a_listener(tmp_path: Path) -> None:
    root = Root.open_or_make(tmp_path / "root", 2, KEY)
    export = spotify_file(tmp_path, "2025-01-03 eple")
    import_paths(root, [export], Person("ana", "Europe/Lisbon", "PT", 1990))
    import_paths(root, [export], Person("ana"))
    found = registry.find_listener(root, "ana")
    assert (found.time_zone, found.country, found.birth_year) == ("Europe/Lisbon", "PT", 1990)
