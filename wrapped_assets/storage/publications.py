"""Published editions: frozen lists of cells, switched atomically and kept for rollbacks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.storage.buckets import bucket_count
from wrapped_assets.storage.cell_paths import CellPaths
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
        about = {"rules": rules, "published_at": now, "bucket_count": bucket_count(root, writer)}
        writer.execute(sa.insert(table).values(year=year, number=number, is_live=True, **about))
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


def rollback(root: Root, year: int, to: int | None = None, reason: str | None = None) -> Publication:
    """Flips back to the last publication before the live one that nobody rolled back from, or to the number `to`.

    Its files are compared first with what was recorded. The one that was live is noted as rolled back from, with the reason; one that is
    returned to by its number is no longer noted so. InputError where there is none to return to, DamagedFileError where a file of it is
    damaged: the live one stays. An erasure under way is waited for.
    """
    table = tables.publications
    with root.lock("publishing"), root.engine.begin() as connection:
        found = connection.execute(sa.select(table).where(table.c.year == year).order_by(table.c.number)).all()
        now = next((row.number for row in found if row.is_live), None)
        before = _to_return_to(year, now, {row.number: row.rolled_back_at is not None for row in found}, to)
        listed = tables.publication_cells
        intact(root, connection.execute(sa.select(listed.c.path).where(listed.c.year == year, listed.c.number == before)).scalars())
        of_year = table.c.year == year
        note = {"rolled_back_at": datetime.now(UTC), "rollback_reason": reason}
        connection.execute(sa.update(table).where(of_year, table.c.number == now).values(is_live=False, **note))
        returned = {"is_live": True, "rolled_back_at": None, "rollback_reason": None}
        connection.execute(sa.update(table).where(of_year, table.c.number == before).values(**returned))
        published_at = next(row.published_at for row in found if row.number == before)
    return Publication(year, before, True, published_at)


def _to_return_to(year: int, live: int | None, rolled_back: dict[int, bool], to: int | None) -> int:
    """The number of the publication to return to; `rolled_back` says of each whether it was rolled back from."""
    if live is None:
        raise InputError(f"{year} has no earlier publication to return to: nothing of it is published")
    if to is not None:
        if to not in rolled_back or to == live:
            others = ", ".join(str(number) for number in rolled_back if number != live) or "none"
            raise InputError(f"expected --to as the number of another publication of {year}, got {to}; there are: {others}")
        return to
    good = [number for number, is_bad in rolled_back.items() if number < live and not is_bad]
    if not good:
        bad = ", ".join(str(number) for number, is_bad in rolled_back.items() if is_bad)
        were = f" that was not rolled back from; to return to one of those ({bad}), name it with --to" if bad else ""
        raise InputError(f"{year} has no earlier publication to return to{were}")
    return good[-1]


def live(root: Root) -> dict[int, Publication]:
    """The publication that readers see, by year."""
    with reading(root) as reader:
        rows = reader.rows("select year, number, published_at from publications where is_live order by year")
        return {year: Publication(year, number, True, moment(published_at)) for year, number, published_at in rows}


def newest_at(root: Root, year: int) -> datetime | None:
    """When something of the year was last published, whether it is live or not; None where nothing ever was."""
    with reading(root) as reader:
        rows = reader.rows("select published_at from publications where year = :year order by number desc limit 1", year=year)
    found = moment(rows[0][0]) if rows else None
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found


def live_rules(root: Root) -> dict[int, dict[str, str]]:
    """The rules of the publication that readers see, by year."""
    with reading(root) as reader:
        return {year: document(rules) for year, rules in reader.rows("select year, rules from publications where is_live order by year")}


def bucket_counts(root: Root) -> set[int]:
    """The numbers of buckets that the publications were made with, as far as they are noted."""
    with reading(root) as reader:
        return {count for (count,) in reader.rows("select distinct bucket_count from publications where bucket_count is not null")}


def rolled_back(root: Root) -> dict[int, list[tuple[int, str | None]]]:
    """The publications that were rolled back from, by year: number and reason."""
    found: dict[int, list[tuple[int, str | None]]] = {}
    query = "select year, number, rollback_reason from publications where rolled_back_at is not null order by year, number"
    with reading(root) as reader:
        for year, number, reason in reader.rows(query):
            found.setdefault(year, []).append((number, reason))
    return found


@dataclass(frozen=True)
class LiveEdition:
    """What readers see of a year: the rules as they were when it was published, and where its cells lie."""

    number: int
    rules: dict[str, str]
    paths: CellPaths
    published_at: datetime


def live_edition(root: Root, year: int) -> LiveEdition | None:
    """A year's live publication; None where nothing is published."""
    live = "select number, rules, published_at, bucket_count from publications where is_live and year = :year"
    listed = "select asset, period, bucket, path from publication_cells where year = :year and number = :number"
    with reading(root) as reader:
        found = reader.rows(live, year=year)
        if not found:
            return None
        ((number, rules, published_at, count),) = found
        rows = reader.rows(listed, year=year, number=number)
        count = count or bucket_count(root, reader)  # an older program published it, and nobody divided the buckets since
    paths = {Cell(asset, period, None if bucket == ALL_LISTENERS else bucket): path for asset, period, bucket, path in rows}
    return LiveEdition(number, document(rules), CellPaths(count, paths), moment(published_at))
