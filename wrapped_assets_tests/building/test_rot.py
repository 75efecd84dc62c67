"""Bits that flip on a disk: no reader hands out a value from a changed file, and what was noticed is computed again."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from wrapped_assets.building import linking
from wrapped_assets.building.build import build
from wrapped_assets.building.cataloguing import import_catalogue
from wrapped_assets.building.glance import Glance
from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.readiness import readiness
from wrapped_assets.building.situate import Project
from wrapped_assets.commands.demo import HOUSEHOLD
from wrapped_assets.kernels.versions import SCHEME
from wrapped_assets.listens.clocks import EDGE
from wrapped_assets.planning.plan import make_plan
from wrapped_assets.serving.rows import displayed
from wrapped_assets.storage import landing, manifest, publications, tables
from wrapped_assets.storage.cell_paths import path_of
from wrapped_assets.storage.damage import DamagedFileError
from wrapped_assets.storage.record_files import DamagedRecordError, read_records
from wrapped_assets.storage.records import rebuild_manifest
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.scrub import SHARES, scrub, scrub_share
from wrapped_assets.storage.verified import intact
from wrapped_assets.vocabulary.periods import Cell, Month
from wrapped_assets_tests.commands.running import run
from wrapped_assets_tests.small_roots import lake_files

Read = Callable[[], object]


def readers(root: Root) -> dict[str, list[tuple[Path, Read]]]:
    """Kind of file → each file of it, and what reads it."""
    project, chunks = Project(root), landing.load_chunks(root)

    def rows(path: str) -> list[tuple[Path, Read]]:
        return [(root.path / path, lambda: pl.read_parquet(intact(root, [path])).to_dicts())]

    def shown(cell: Cell, path: str) -> list[tuple[Path, Read]]:
        return [(root.path / path, lambda: displayed(root, project.graph, cell.asset, [int(cell.period)]).to_dicts())]

    def landed(asset: str, month: str, bucket: int) -> Read:
        columns = ["listener_id", "variant_id"] if asset == landing.PLAYS else ["variant_id", "recording_name"]
        return lambda: landing.read_landed(root, chunks, asset, Month.parse(month), bucket, columns, EDGE).to_dicts()

    stored = manifest.load_cells(root)
    with root.engine.connect() as connection:
        tables_of_catalogue = connection.execute(sa.select(tables.catalogue_files.c.path)).scalars().all()
    return {
        "lake": [each for found in stored.values() for each in rows(found.path)],
        "shown": [each for cell, found in stored.items() if cell.asset == "insights/top_artists" for each in shown(cell, found.path)],
        "landing": [(root.path / chunk.path, landed(*key)) for key, of_month in chunks.items() for chunk in of_month],
        "catalogue": [each for path in tables_of_catalogue for each in rows(path)],
        "records": [(path, lambda path=path: read_records(path)) for path in sorted((root.path / "records").rglob("*.json"))],
    }


def flip(path: Path, chance: random.Random) -> bytes:
    """Flips one bit; returns what the file was."""
    before = path.read_bytes()
    place = chance.randrange(len(before) * 8)
    changed = bytearray(before)
    changed[place // 8] ^= 1 << place % 8
    path.write_bytes(changed)
    return before


def test_no_flipped_bit_gives_a_value(household: Root) -> None:
    """Sixty bits in each of five kinds of files; before, three of five gave other values and nobody said a word."""
    chance = random.Random(7)
    import_catalogue(household, [HOUSEHOLD / "catalogue"])
    for kind, files in readers(household).items():
        for path, read in chance.choices(files, k=60):
            before = flip(path, chance)
            with pytest.raises((DamagedFileError, DamagedRecordError)):
                print(kind, path, read())  # shown where it does not raise
            path.write_bytes(before)
    assert scrub(household).is_sound


def test_damage_that_a_scrub_notices_is_computed_again(small: Root) -> None:
    before, chance = lake_files(small), random.Random(3)
    damaged = chance.sample(sorted(path for path in before if path.endswith(".parquet")), 12)
    for path in damaged:
        flip(small.path / path, chance)
    assert make_plan(Project(small).situation()).steps == [], "sizes are as they were"
    assert set(scrub(small).faults) == set(damaged)
    situation = Project(small).situation()
    assert {situation.stored[step.cell].path for step in make_plan(situation).steps} >= set(damaged)  # type: ignore[attr-defined]
    assert sum(each.stale for each in readiness(Glance(small))) > 0
    assert build(Project(small)).failed == []
    assert lake_files(small) == before
    assert scrub(small).is_sound


def test_repair_leads_to_a_build_that_computes(small: Root) -> None:
    before = lake_files(small)
    path = next(name for name in before if "insights/top_artists/2025" in name)
    flip(small.path / path, random.Random(1))
    shown = run(small.path, "show", "insights/top_artists", "--year", "2025", "--format", "json", code=1)
    assert shown.stdout == ""
    assert "damaged" in shown.stderr
    assert "wrapped build" in shown.stderr
    run(small.path, "plan", "--check", code=3)
    run(small.path, "repair", "--check", code=3)
    run(small.path, "repair")
    run(small.path, "build")
    assert lake_files(small) == before
    run(small.path, "repair", "--check")
    run(small.path, "plan", "--check")


def test_a_week_of_nights_sees_every_file(small: Root) -> None:
    files = scrub(small).files
    assert sum(scrub_share(small).files for _ in range(SHARES)) == files
    for path, content in lake_files(small).items():
        (small.path / path).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    found = [set(scrub_share(small).faults) for _ in range(SHARES)]
    assert set.union(*found) == lake_files(small).keys()
    assert max(len(each) for each in found) < len(lake_files(small)) / 2


def test_publishing_compares_every_byte_of_the_edition(small: Root) -> None:
    chance = random.Random(5)
    for cell, stored in sorted(manifest.load_cells(small).items(), key=str)[::40]:
        if cell.period[:4] == "2025" and cell.asset.startswith(("insights/", "population/", "catalogue/")):
            before = flip(small.path / stored.path, chance)
            with pytest.raises(DamagedFileError, match="wrapped build"):
                publish_edition(Project(small), 2025)
            (small.path / stored.path).write_bytes(before)
    assert publish_edition(Project(small), 2025).number == 1


def test_a_published_file_that_is_lost_is_neither_shown_nor_gone_back_to(small: Root) -> None:
    publish_edition(Project(small), 2025)
    with small.engine.begin() as connection:  # the build has moved on: nothing computes the published file again
        connection.execute(sa.delete(tables.cells).where(tables.cells.c.asset == "insights/top_artists"))
    edition = publications.live_edition(small, 2025)
    assert edition is not None
    path = edition.paths[Cell("insights/top_artists", "2025", 0)]
    content = (small.path / path).read_bytes()
    (small.path / path).unlink()
    with pytest.raises(DamagedFileError, match=r"missing.*restore it from a backup of 20.*or recompute the edition on purpose"):
        displayed(small, Project(small).graph, "insights/top_artists", [2025], paths=edition.paths)
    assert [each.damaged for each in readiness(Glance(small)) if each.year == 2025] == [1]
    (small.path / path).write_bytes(content)
    assert build(Project(small)).failed == []
    publish_edition(Project(small), 2025)
    flip(small.path / path, random.Random(2))
    with pytest.raises(DamagedFileError):
        publications.rollback(small, 2025)
    assert publications.live(small)[2025].number == 2, "the live one stays"


def test_a_row_that_points_to_another_cells_file_is_noticed(small: Root) -> None:
    cells = manifest.load_cells(small)
    mine, theirs = (cells[Cell("insights/listening_totals", year, 0)] for year in ("2025", "2024"))
    table = tables.cells
    for values in (
        {"path": theirs.path, "file_hash": theirs.file_hash, "byte_count": theirs.byte_count},
        {"path": theirs.path, "file_hash": theirs.file_hash, "byte_count": theirs.byte_count, "data_version": theirs.data_version},
    ):
        with small.engine.begin() as connection:
            row = (table.c.asset == mine.cell.asset) & (table.c.period == "2025") & (table.c.bucket == 0)
            connection.execute(sa.update(table).where(row).values(**values))
        with pytest.raises(DamagedFileError, match="another cell's"):
            displayed(small, Project(small).graph, "insights/listening_totals", [2025])
        assert mine.cell in {step.cell for step in make_plan(Project(small).situation()).steps}
        assert build(Project(small)).failed == []
        assert manifest.load_cells(small)[mine.cell].path == mine.path
    content = (small.path / theirs.path).read_bytes()  # under my name, and recorded with its own hash: the note says whose it is
    (small.path / mine.path).write_bytes(content)
    with small.engine.begin() as connection:
        connection.execute(sa.update(table).where(table.c.path == mine.path).values(file_hash=theirs.file_hash))
    with pytest.raises(DamagedFileError, match="another cell's"):
        displayed(small, Project(small).graph, "insights/listening_totals", [2025])


def test_damaged_records_are_written_anew_and_stop_no_build(small: Root) -> None:
    path = small.path / "records" / "main" / "2025.b000.json"
    before = path.read_bytes()
    noted = read_records(path)
    path.write_bytes(before.replace(b'"rules":"', b'"rules":"0', 1))
    assert rebuild_manifest(small).damaged_records == ["records/main/2025.b000.json"]
    same = [name for name in next(iter(noted.values())) if name != "written_at"]
    assert {asset: [row[name] for name in same] for asset, row in read_records(path).items()} == {
        asset: [row[name] for name in same] for asset, row in noted.items()
    }
    path.write_bytes(before[:-3])
    assert build(Project(small), full=True).failed == []
    assert {row["scheme"] for row in read_records(path).values()} == {SCHEME}


def test_parts_that_a_kill_left_under_the_records_are_swept(small: Root) -> None:
    from wrapped_assets.storage.sweep import sweep

    left = small.path / "records" / "main" / ".0123456789abcdef.part"
    left.write_bytes(b"{")
    sweep(small)
    assert not left.exists()


def test_cells_of_an_older_scheme_of_hashes_are_computed_once(small: Root) -> None:
    with small.engine.begin() as connection:
        connection.execute(sa.update(tables.cells).where(tables.cells.c.asset == "insights/top_artists").values(scheme=SCHEME - 1))
    steps = make_plan(Project(small).situation()).steps
    older = {step.cell for step in steps if step.reason == "logic" and "older program" in step.because}
    assert {cell.asset for cell in older} == {"insights/top_artists"}
    assert set(build(Project(small)).recomputed) == older
    assert make_plan(Project(small).situation()).steps == []


@pytest.mark.slow
def test_damaged_landing_and_catalogue_are_said_until_they_are_restored(household: Root) -> None:
    import_catalogue(household, [HOUSEHOLD / "catalogue"])
    build(Project(household))
    for below in ("landing/plays", "catalogue"):
        path = next(iter(sorted((household.path / below).rglob("*.parquet"))))
        before = flip(path, random.Random(4))
        run(household.path, "repair", "--check", code=3)
        run(household.path, "plan", "--check", code=1)
        built = run(household.path, "build", code=1)
        assert f"{path.relative_to(household.path)}): restore it from a backup" in built.stderr
        path.write_bytes(before)
        run(household.path, "plan", "--check")


def test_a_table_of_the_catalogue_is_compared_before_a_build_reads_it(household: Root) -> None:
    import_catalogue(household, [HOUSEHOLD / "catalogue"])
    (path,) = (household.path / "catalogue").glob("artists-*.parquet")
    flip(path, random.Random(4))
    report = build(Project(household), full=True)
    assert report.failed
    assert all("catalogue's known_artists is missing or damaged" in error or "not computed" in error for _, error in report.failed)


def test_a_file_of_a_published_edition_keeps_its_bytes_when_its_rows_come_back(small: Root) -> None:
    """Another release of a library may write other bytes for the same rows: the published ones stay."""
    publish_edition(Project(small), 2025)
    cell = Cell("insights/top_artists", "2025", 0)
    stored = manifest.load_cells(small)[cell]
    assert stored.path == path_of(cell, stored.data_version)
    before = (small.path / stored.path).stat()
    with small.engine.begin() as connection:
        connection.execute(sa.delete(tables.cells).where(tables.cells.c.path == stored.path))
    assert build(Project(small)).failed == []
    assert (small.path / stored.path).stat().st_ino == before.st_ino


def test_damaged_links_are_made_anew(household: Root) -> None:
    before, chance = lake_files(household, "landing/links"), random.Random(6)
    assert before
    for path in before:
        flip(household.path / path, chance)
    linking._read.cache_clear()
    assert make_plan(Project(household).situation()).steps == []
    assert lake_files(household, "landing/links") == before
