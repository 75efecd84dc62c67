"""Published editions: frozen lists of cells, switched atomically and kept for rollbacks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.storage.later import sa, tables
from wrapped_assets.storage.manifest import ALL_LISTENERS, StoredCell
from wrapped_assets.storage.reading import document, moment, reading
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.transactions import exclusive
from wrapped_assets.storage.verified import intact
from wrapped_assets.vocabulary.periods import Cell


@dataclass(frozen=True)
class Publication:
    """One publication of a year's edition, numbered from 1."""

    year: int
    number: int
    is_live: bool
    published_at: datetime


def publish(
    root: Root, year: int, cells: Iterable[StoredCell], rules: dict[str, str], connection: sa.Connection | None = None
) -> Publication:
    """Makes exactly these cells the edition that readers see, in one transaction; the one before stays for `rollback`."""
    table, listed = tables.publications, tables.publication_cells
    now = datetime.now(UTC)
    with exclusive(root.engine, connection) as writer:
        number = (writer.execute(sa.select(sa.func.max(table.c.number)).where(table.c.year == year)).scalar() or 0) + 1
        writer.execute(sa.update(table).where(table.c.year == year).values(is_live=False))
        writer.execute(sa.insert(table).values(year=year, number=number, is_live=True, rules=rules, published_at=now))
        rows = [
            {
                "year": year, "number": number, "asset": found.cell.asset, "period": found.cell.period,
                "bucket": ALL_LISTENERS if found.cell.bucket is None else found.cell.bucket, "path": found.path,
                "file_hash": found.file_hash,
            }
            for found in cells
        ]  # fmt: skip
        writer.execute(sa.insert(listed), rows)
    return Publication(year, number, True, now)


def rollback(root: Root, year: int) -> Publication:
    """Flips back to the publication before the live one, after its files were compared with what was recorded.

    InputError where there is none, DamagedFileError where a file of it is damaged: the live one stays. An erasure under way is waited for.
    """
    table = tables.publications
    with root.lock("publishing"), root.engine.begin() as connection:
        found = [
            Publication(row.year, row.number, row.is_live, row.published_at)
            for row in connection.execute(sa.select(table).where(table.c.year == year).order_by(table.c.number))
        ]
        live = next((place for place, each in enumerate(found) if each.is_live), None)
        if live is None or live == 0:
            raise InputError(f"{year} has no earlier publication to return to")
        before = found[live - 1]
        listed = tables.publication_cells
        intact(root, connection.execute(sa.select(listed.c.path).where(listed.c.year == year, listed.c.number == before.number)).scalars())
        connection.execute(sa.update(table).where(table.c.year == year).values(is_live=False))
        connection.execute(sa.update(table).where((table.c.year == year) & (table.c.number == before.number)).values(is_live=True))
    return Publication(before.year, before.number, True, before.published_at)


def live(root: Root) -> dict[int, Publication]:
    """The publication that readers see, by year."""
    with reading(root) as reader:
        rows = reader.rows("select year, number, published_at from publications where is_live order by year")
        return {year: Publication(year, number, True, moment(published_at)) for year, number, published_at in rows}


@dataclass(frozen=True)
class LiveEdition:
    """What readers see of a year: the rules as they were when it was published, and where its cells lie."""

    number: int
    rules: dict[str, str]
    paths: dict[Cell, str]
    published_at: datetime


def live_edition(root: Root, year: int) -> LiveEdition | None:
    """A year's live publication; None where nothing is published."""
    live = "select number, rules, published_at from publications where is_live and year = :year"
    listed = "select asset, period, bucket, path from publication_cells where year = :year and number = :number"
    with reading(root) as reader:
        found = reader.rows(live, year=year)
        if not found:
            return None
        ((number, rules, published_at),) = found
        rows = reader.rows(listed, year=year, number=number)
    paths = {Cell(asset, period, None if bucket == ALL_LISTENERS else bucket): path for asset, period, bucket, path in rows}
    return LiveEdition(number, document(rules), paths, moment(published_at))
