"""The landing's files are those of a slow writer that filters and sorts by every column, whatever the batches and their order."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wrapped_assets.building import playbacks
from wrapped_assets.building.coding import Coding
from wrapped_assets.building.playbacks import Landed, count_playbacks
from wrapped_assets.building.rehearsal import source_like
from wrapped_assets.contracts.source import REJECTED_SCHEMA, TRACK_SCHEMA, Batch
from wrapped_assets.listens.clocks import EDGE
from wrapped_assets.listens.code import coded
from wrapped_assets.listens.doubtful import is_doubtful
from wrapped_assets.sources.event_log import EVENT_LOG
from wrapped_assets.sources.recordings_beside import track_columns
from wrapped_assets.storage import landing_writer, tables
from wrapped_assets.storage.chunks import PLAYS, Chunk, load_chunks
from wrapped_assets.storage.landing import edges
from wrapped_assets.storage.landing_writer import LandingWriter
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.spool import Spool
from wrapped_assets.storage.whole_files import file_hash, is_intact
from wrapped_assets.vocabulary.periods import Month
from wrapped_assets_tests.small_roots import KEY

START = datetime(2024, 12, 31, 23, 59, 58, tzinfo=UTC)
LISTENERS = {"ana": -5, "ben": 7, "eva": 2**62}
MINUTES = st.sampled_from([0, 1, 2, 3, 4_000, 44_000, 90_000])  # the same instant, the month's end, its edges, other months
PLAY = st.tuples(st.sampled_from(sorted(LISTENERS)), MINUTES, st.sampled_from([None, 0, 61_000, 200_000]), st.integers(0, 3), st.booleans())
TRACKS = pl.DataFrame({"recording": range(4), "recording_name": ["One", "Óne", "  One ", "Two"], "artist_name": ["A", "A", "A", "B"]})


@cache
def root_of(buckets: int) -> Root:
    """A data root that examples share; each takes only what it wrote itself."""
    return Root.open_or_make(Path(tempfile.mkdtemp()) / "root", buckets, KEY)


def batch_of(plays: list[tuple[object, ...]], tracks: pl.DataFrame) -> Batch:
    columns = {"listener": pl.String, "minute": pl.Int64, "ms_played": pl.Int64, "track": pl.UInt32, "is_private": pl.Boolean}
    frame = pl.DataFrame(plays, schema=columns, orient="row")
    at = pl.lit(START).cast(pl.Datetime("ms", "UTC")) + pl.duration(minutes=pl.col("minute"))
    device = pl.when(pl.col("minute") % 2 == 1).then(pl.col("track") + 1).cast(pl.UInt8)  # many files know of none
    whole = frame.with_columns(listened_at=at, is_scrobble=pl.lit(value=False), is_skipped=pl.lit(None, pl.Boolean), device_code=device)
    return Batch(whole, pl.DataFrame(schema=REJECTED_SCHEMA), tracks=tracks)


def slow_files(batches: list[Batch], buckets: int) -> dict[tuple[str, str, int], pl.DataFrame]:
    """(asset, month, bucket) → rows, written as plainly as possible."""
    parts = [coded(batch, EVENT_LOG, LISTENERS) for batch in batches]
    plays, tracks = (pl.concat(frames, how="diagonal") for frames in zip(*parts, strict=True))
    found = {}
    cell = {"month": pl.col("listened_at").dt.strftime("%Y-%m"), "bucket": pl.col("listener_id") % buckets}
    for (month, bucket), rows in plays.with_columns(**cell).partition_by("month", "bucket", as_dict=True).items():
        mine = rows.select(name for name in plays.columns if name != "device_code" or rows[name].count())
        key = ["listener_id", "listened_at", "variant_id"]
        found[PLAYS, month, bucket] = mine.sort(*key, *(name for name in mine.columns if name not in key), nulls_last=True)
        near_ends = [mine.filter(pl.col("listened_at").is_between(*ends)) for ends in edges(Month.parse(month), EDGE)]
        head, tail = (rows["variant_id"].implode() for rows in near_ends)
        named = tracks.unique("variant_id").filter(pl.col("variant_id").is_in(mine["variant_id"].implode())).sort("variant_id")
        near = {"is_head": pl.col("variant_id").is_in(head), "is_tail": pl.col("variant_id").is_in(tail)}
        found["sources/landed_tracks", month, bucket] = named.with_columns(**near)
    return found


def is_right(root: Root, chunk: Chunk, rows: pl.DataFrame) -> bool:
    people = chunk.people is None or chunk.people == rows["listener_id"].unique().sort().to_numpy().astype("<i8").tobytes()
    return people and chunk.row_count == rows.height and pl.read_parquet(root.path / chunk.path).equals(rows)


@given(st.lists(st.lists(PLAY, min_size=1, max_size=12), min_size=1, max_size=4), st.sampled_from([1, 2]), st.booleans())
@settings(max_examples=40, deadline=None)
def test_every_file_is_what_a_slow_writer_would_write(batches: list[list[tuple[object, ...]]], buckets: int, on_disk: bool) -> None:
    tracks = TRACKS.select(track_columns(TRACKS))
    given_ = [batch_of(plays, tracks) for plays in batches]
    long = Spool(TRACK_SCHEMA, [tracks[:3], tracks[3:]])
    root = root_of(buckets)
    writer = LandingWriter(root, EDGE)
    coding = Coding(writer)
    for batch in given_:
        coding.add(replace(batch, tracks=long) if on_disk else batch, EVENT_LOG, LISTENERS)
    writer.flush()
    slow = slow_files(given_, buckets)
    assert {(chunk.asset, chunk.month, chunk.bucket) for chunk in writer.chunks} == slow.keys()
    assert all(is_right(root, chunk, slow[chunk.asset, chunk.month, chunk.bucket]) for chunk in writer.chunks)


def test_numbers_of_tracks_begin_anew_without_a_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tracks = TRACKS.select(track_columns(TRACKS))
    batches = [batch_of([("ana", 0, 1, row, False), ("ana", 5, 1, row + 1, False)], tracks) for row in (0, 2, 0)]
    found = []
    for name, most in (("kept", 400_000), ("anew", 1)):
        monkeypatch.setattr(landing_writer, "MOST_TRACKS", most)
        root = Root.open_or_make(tmp_path / name, 1, KEY)
        writer = LandingWriter(root, EDGE, rows_per_flush=2)
        coding = Coding(writer)
        for batch in batches:
            coding.add(batch, EVENT_LOG, LISTENERS)
        found.append((writer.renumbered > 0, [chunk.whole for chunk in writer.chunks]))
    assert [is_anew for is_anew, _ in found] == [False, True]
    assert found[0][1] == found[1][1]


def test_tables_of_tracks_on_disk_and_in_memory_take_turns_without_a_difference(tmp_path: Path) -> None:
    tracks = TRACKS.select(track_columns(TRACKS))
    long = [Spool(TRACK_SCHEMA, [tracks]) for _ in range(2)]
    found = []
    for name, tables_ in (("memory", [tracks] * 6), ("turns", [long[0], tracks, long[1], long[1], long[0], tracks])):
        writer = LandingWriter(Root.open_or_make(tmp_path / name, 1, KEY), EDGE)
        coding = Coding(writer)
        for row, table in enumerate(tables_):
            coding.add(replace(batch_of([("ana", row, 1, row % 4, False)], tracks), tracks=table), EVENT_LOG, LISTENERS)
            if name == "memory" and row != 2:  # what a change of tables does by itself
                writer.cut()
        writer.flush()
        found.append([(chunk.asset, chunk.whole) for chunk in writer.chunks])
    assert found[0] == found[1]


IMPORT = st.lists(st.tuples(st.booleans(), st.lists(PLAY, min_size=1, max_size=6)), min_size=1, max_size=3)


@pytest.mark.slow
@pytest.mark.parametrize("held", [playbacks.MOST_HELD, 3, 0])
@given(imports=st.lists(IMPORT, min_size=1, max_size=3))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_playbacks_counted_from_memory_are_those_counted_from_the_files(
    held: int, monkeypatch: pytest.MonkeyPatch, imports: list[list[tuple[bool, list[tuple[object, ...]]]]]
) -> None:
    monkeypatch.setattr(playbacks, "MOST_HELD", held)
    tracks = TRACKS.select(track_columns(TRACKS))
    other = source_like("other", 99, 10, 60)
    root = root_of(1)
    with root.engine.begin() as connection:
        connection.execute(sa.delete(tables.chunks))
    for batches in imports:
        counted = Landed()
        writer = LandingWriter(root, EDGE, watch=counted.take)
        coding = Coding(writer)
        for is_other, plays in batches:
            coding.add(batch_of(plays, tracks), other if is_other else EVENT_LOG, LISTENERS)
            if is_other:
                writer.flush()
        writer.flush()
        cells = {(chunk.month, chunk.bucket) for chunk in writer.chunks}
        apart = counted.apart(cells, load_chunks(root))
        before, beside = count_playbacks(root, cells), count_playbacks(root, cells - apart)
        writer.commit()
        added = counted.count(root, apart) + count_playbacks(root, cells - apart) - beside
        assert added == count_playbacks(root, cells) - before
        every = {(month, bucket) for _, month, bucket in load_chunks(root)}
        assert count_playbacks(root, every) == sum(count_playbacks(root, {cell}) for cell in every)


def test_a_whole_file_keeps_its_bytes_and_a_damaged_one_is_mended(tmp_path: Path) -> None:
    root = Root.open_or_make(tmp_path / "root", 1, KEY)
    batch = batch_of([("ana", 0, 1, 0, False)], TRACKS.select(track_columns(TRACKS)))

    def landed() -> list[Chunk]:
        writer = LandingWriter(root, EDGE)
        Coding(writer).add(batch, EVENT_LOG, LISTENERS)
        writer.commit()
        return [chunk for chunks in load_chunks(root).values() for chunk in chunks]

    chunk = landed()[0]
    place = root.path / chunk.path
    pl.read_parquet(place).write_parquet(place, compression="snappy")  # as another release of Polars might
    with root.engine.begin() as connection:
        written = sa.update(tables.chunks).where(tables.chunks.c.path == chunk.path).values(file_hash=file_hash(place))
        connection.execute(written)
    before = place.read_bytes()
    landed()
    assert place.read_bytes() == before
    place.write_bytes(b"damaged")
    assert all(is_intact(root.path / each.path, each.file_hash) for each in landed())


TIMED = st.tuples(st.integers(0, 2), st.integers(0, 5), st.sampled_from([None, 0, 60_000, 200_000]), st.booleans(), st.integers(1, 2))


@given(st.lists(TIMED, max_size=14))
@settings(max_examples=60, deadline=None)
def test_doubtful_plays_overlap_one_of_their_listener_or_are_of_a_listener_with_several_formats(rows: list[tuple[int, ...]]) -> None:
    schema = {"listener_id": pl.Int64, "minute": pl.Int64, "ms_played": pl.Int64, "is_scrobble": pl.Boolean, "source_code": pl.UInt8}
    at = pl.lit(START).cast(pl.Datetime("ms", "UTC")) + pl.duration(minutes=pl.col("minute"))
    plays = pl.DataFrame(rows, schema=schema, orient="row").with_columns(listened_at=at, resolution_ms=pl.lit(1000, pl.Int32))

    def end(row: tuple[int, ...]) -> int:
        _, minute, played, is_scrobble, _ = row
        return minute * 60_000 + max((played or 0) - 1000, 30_000 if is_scrobble else 0, 1)

    def may_repeat(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
        first, second = sorted((one, other), key=lambda row: row[1])
        return one[0] == other[0] and (one[4] != other[4] or second[1] * 60_000 < end(first))

    slow = []
    for place, row in enumerate(rows):
        mine = [other for other in rows if other[0] == row[0]]
        others = [*rows[:place], *rows[place + 1 :]]
        slow.append(len({other[4] for other in mine}) > 1 or any(may_repeat(row, other) for other in others))
    assert is_doubtful(plays).tolist() == slow
