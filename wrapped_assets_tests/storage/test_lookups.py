"""Rows of a catalogue by id are those that a look at all rows finds, whatever the ids are and whatever became of the files beside it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from errno import ENOSPC
from pathlib import Path
from unittest.mock import Mock

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wrapped_assets.kernels.rows_by_id import Scanned
from wrapped_assets.storage import lookups
from wrapped_assets.storage.catalogues import CatalogueFile
from wrapped_assets.storage.lookups import LOOKUPS, Lookup, rows_by_id
from wrapped_assets.storage.root import Root

SCHEMA = {"known_key": pl.Int64(), "artist_id": pl.Int64(), "recording_name": pl.String(), "artist_names": pl.List(pl.String())}
NAMES = list(SCHEMA)
PREFIX = 2**62  # ids that differ in their last bits alone
IDS = st.sampled_from([0, 1, PREFIX, PREFIX + 1, PREFIX + 2, 2**63 - 1, -1])
TITLES = st.sampled_from([None, "", "t", "Ω" * 9])
ARTISTS = st.none() | st.lists(st.sampled_from([None, "bo"]), max_size=2)
ROWS = st.lists(st.tuples(IDS, st.none() | IDS, TITLES, ARTISTS), max_size=12)


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root.open_or_make(tmp_path / "root", 2, bytes(32))


@pytest.fixture
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few rows fill a batch, and few ids a range and a look."""
    for name, size in (("ROWS_PER_BATCH", 3), ("IDS_PER_RANGE", 4), ("IDS_PER_LOOK", 2)):
        monkeypatch.setattr(lookups, name, size)


def table_of(root: Root, rows: pl.DataFrame, group: int = 5) -> Callable[[], Lookup]:
    """Opens a table of the catalogue as a process that has not seen it."""
    path = f"catalogue/recordings-{secrets.token_hex(8)}.parquet"
    place = root.path / path
    place.parent.mkdir(exist_ok=True)
    rows.write_parquet(place, row_group_size=group)
    return lambda: Lookup(root, CatalogueFile(path, rows.height, {}, ""), place, SCHEMA)


def frame(rows: list[tuple[object, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row").sort("known_key", maintain_order=True)


@pytest.mark.usefixtures("_small")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS, st.lists(st.none() | IDS, max_size=4), st.lists(IDS, max_size=3))
def test_rows_are_those_that_a_look_at_all_of_them_finds(
    root: Root, rows: list[tuple[object, ...]], keys: list[int | None], artists: list[int]
) -> None:
    every = frame(rows)
    mine, theirs = table_of(root, every)(), Scanned(every.lazy())
    by_key, by_artist = (pl.Series(values, dtype=pl.Int64) for values in (keys, artists))
    for wanted in ({"known_key": by_key}, {"artist_id": by_artist}, {"known_key": by_key, "artist_id": by_artist}):
        assert mine.rows(wanted, NAMES).equals(theirs.rows(wanted, NAMES))
        assert mine.rows(wanted, ["artist_names"]).equals(theirs.rows(wanted, ["artist_names"]))
    assert mine.present("artist_id", by_artist).equals(theirs.present("artist_id", by_artist))


FEW = [(number, number % 3, f"t{number}", ["bo"]) for number in range(10)]
WANTED = {"artist_id": pl.Series([1], dtype=pl.Int64)}


def _shorter(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def _other(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 1
    path.write_bytes(content)


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _link_to_nowhere(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.parent / "nowhere")


def beside(root: Root) -> Iterator[Path]:
    return iter(sorted((root.path / LOOKUPS).iterdir()))


@pytest.mark.parametrize("damage", [_shorter, _other, _emptied, Path.unlink, _link_to_nowhere])
@pytest.mark.parametrize("suffix", [".ids", ".arrow"])
@pytest.mark.parametrize("is_open", [False, True])
def test_a_damaged_file_is_made_anew(root: Root, damage: Callable[[Path], None], suffix: str, is_open: bool) -> None:
    opened = table_of(root, frame(FEW))
    seen = opened()
    right = seen.rows(WANTED, NAMES)
    before = {path.name: path.read_bytes() for path in beside(root)}
    victim = next(path for path in beside(root) if path.suffix == suffix)
    damage(victim)
    assert (seen if is_open else opened()).rows(WANTED, NAMES).equals(right)
    assert {path.name: path.read_bytes() for path in beside(root)} == before


def test_files_of_another_version_of_the_table_answer_for_nothing_and_go(root: Root) -> None:
    old, new = table_of(root, frame(FEW)), table_of(root, frame([(1, 1, "other", None)]))
    old().rows(WANTED, NAMES)
    assert new().rows(WANTED, NAMES)["recording_name"].to_list() == ["other"]
    assert len({path.name[: len("recordings-") + 16] for path in beside(root)}) == 1
    assert old().rows(WANTED, NAMES)["recording_name"].to_list() == ["t1", "t4", "t7"]


def test_a_table_that_lies_elsewhere_by_now_has_the_same_files_which_are_compared_once(
    root: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookups, "ROWS_LOOKED_UP", 0)
    seen = table_of(root, frame(FEW))()
    right = rows_by_id(root, seen.file, seen.place, SCHEMA).rows(WANTED, NAMES)
    elsewhere = seen.place.rename(tmp_path / "copy.parquet")
    monkeypatch.setattr(lookups, "is_whole", lambda _: pytest.fail("a file was compared again"))
    assert rows_by_id(root, seen.file, elsewhere, SCHEMA).rows(WANTED, NAMES).equals(right)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_where_nothing_can_be_written_all_rows_are_looked_at(root: Root) -> None:
    opened = table_of(root, frame(FEW))
    (root.path / "catalogue").chmod(0o500)
    try:
        assert opened().rows(WANTED, NAMES).equals(Scanned(frame(FEW).lazy()).rows(WANTED, NAMES))
    finally:
        (root.path / "catalogue").chmod(0o700)


def test_where_a_file_cannot_be_made_all_rows_are_looked_at(root: Root) -> None:
    opened = table_of(root, frame(FEW))
    (root.path / LOOKUPS).write_text("in the way")
    assert opened().rows(WANTED, NAMES).equals(Scanned(frame(FEW).lazy()).rows(WANTED, NAMES))
    assert opened().present("artist_id", pl.Series([1, 7], dtype=pl.Int64)).to_list() == [1]


def test_a_full_disk_is_tried_once_by_a_process(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, write = table_of(root, frame(FEW))(), Mock(side_effect=OSError(ENOSPC, "full"))
    monkeypatch.setattr(Lookup, "_write_ids", write)
    for _ in range(3):
        assert seen.rows(WANTED, NAMES).equals(Scanned(frame(FEW).lazy()).rows(WANTED, NAMES))
    assert write.call_count == 1
    assert not list(beside(root))


def test_an_artist_of_300_000_recordings_has_them_all(root: Root) -> None:
    count = 300_000
    every = {"known_key": pl.int_range(count), "artist_id": pl.lit(7), "recording_name": pl.lit("t"), "artist_names": pl.lit(["bo"])}
    many = pl.select(values.cast(SCHEMA[name]).alias(name) for name, values in every.items())
    found = table_of(root, many, 100_000)().rows({"artist_id": pl.Series([7], dtype=pl.Int64)}, ["known_key"])
    assert found["known_key"].to_list() == list(range(count))
