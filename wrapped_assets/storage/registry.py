"""Listeners and editions: the names behind surrogates, and each year's rules."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.storage.later import sa, tables
from wrapped_assets.storage.people import exclusion_rows, listener_rows
from wrapped_assets.storage.reading import Reader, reading, utc_moment
from wrapped_assets.storage.root import MAIN, Root
from wrapped_assets.storage.transactions import exclusive
from wrapped_assets.storage.writing import Writer, writing
from wrapped_assets.vocabulary.rules import Rules, rules_for

if TYPE_CHECKING:
    import polars as pl

# Abbreviations that people type, and the place that most of them mean. Some are IANA names of an offset that never changes.
PLACES = {
    "EST": "America/New_York", "EDT": "America/New_York", "CST": "America/Chicago", "CDT": "America/Chicago", "MST": "America/Denver",
    "MDT": "America/Denver", "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles", "HST": "Pacific/Honolulu", "CEST": "Europe/Berlin",
    "MEZ": "Europe/Berlin", "MESZ": "Europe/Berlin", "BST": "Europe/London", "IST": "Asia/Kolkata", "JST": "Asia/Tokyo",
    "AEST": "Australia/Sydney", "AEDT": "Australia/Sydney", "MSK": "Europe/Moscow", "BRT": "America/Sao_Paulo",
}  # fmt: skip
_ABOUT = "listener_id, name, time_zone, country, birth_year, place"
NEWEST = "newest"  # in place of a version of the catalogue


@dataclass(frozen=True)
class Listener:
    """A person in the registry."""

    listener_id: int
    name: str
    time_zone: str = "UTC"
    country: str | None = None
    birth_year: int | None = None
    place: str | None = None


@dataclass(frozen=True)
class Edition:
    """A year's rules, window, launch and catalogue; the defaults where nothing was set."""

    year: int
    rules: Rules
    launch_at: datetime | None = None
    catalogue: str | None = None  # the version of the catalogue; None: the newest
    is_frozen: bool = False  # its population stays as it was computed


def checked_time_zone(name: str) -> str:
    """`name` as IANA spells it, in whatever case it was given; InputError where it is no IANA time zone."""
    found = _time_zones().get(name.strip().lower().replace(" ", "_"))
    if found is None:
        place = PLACES.get(name.strip().upper())
        hint = f"; for {name.strip().upper()} give a place, such as {place}" if place else " such as Europe/Lisbon or Asia/Tokyo"
        raise InputError(f"unknown time zone {name!r}: expected an IANA name{hint}")
    return found


def time_zone_warning(name: str) -> str | None:
    """What to say of a zone that IANA knows and whose clock never changes, where people mean a place; None for the others."""
    if name in PLACES:
        return f"{name} is the same offset all year, without summer time: give a place, such as {PLACES[name]}, if its clock changes"
    if re.fullmatch(r"(?:Etc/)?(?:GMT|UTC)[+-]\d+", name):
        hours = re.findall(r"[+-]\d+", name)[0]
        meant = ("-" if hours[0] == "+" else "+") + hours[1:]
        return f"{name} is UTC{meant} all year (its sign is the other way round): give the place where the listener lives"
    return None


@cache
def _time_zones() -> dict[str, str]:
    return {name.lower(): name for name in zoneinfo.available_timezones()}


def register(root: Root, people: Iterable[Listener]) -> None:
    """Adds listeners, or changes what the registry says of them."""
    with writing(root) as writer:
        take_in(writer, root, {person.name: vars(person) for person in people})


def take_in(writer: Writer, root: Root, said: Mapping[str, Mapping[str, object]]) -> None:
    """Adds the listeners of these names, and changes what is said of those who are known, and nothing else of them."""
    ids = {name: int(str(about.get("listener_id", root.surrogate(name)))) for name, about in said.items()}
    known = dict(writer.rows_of("select listener_id, name from listeners", "listener_id", ids.values()))
    if any(known.get(listener_id, name) != name for name, listener_id in ids.items()):
        raise InputError("this name gets the same surrogate id as an existing listener: choose another name")
    fresh = [vars(Listener(ids[name], name)) | dict(about) for name, about in said.items() if ids[name] not in known]
    writer.insert_new("listeners", fresh)
    for name, about in said.items():
        if ids[name] in known and about:
            changes = ", ".join(f"{column} = :{column}" for column in about)
            writer.run(f"update listeners set {changes} where listener_id = :whom", whom=ids[name], **about)  # noqa: S608 (our own names)


def find_listener(root: Root, name: str) -> Listener:
    """The listener of that name; InputError where there is none (it never lists who there is)."""
    with reading(root) as reader:
        rows = reader.rows(f"select {_ABOUT} from listeners where name = :name", name=name)  # noqa: S608 (our own names)
    if not rows:
        raise InputError("no listener of that name in this data root: names are case-sensitive, as given to `wrapped import --listener`")
    return Listener(*rows[0])


def all_listeners(root: Root) -> list[Listener]:
    """Every listener, by surrogate."""
    with reading(root) as reader:
        return [Listener(*row) for row in reader.rows(f"select {_ABOUT} from listeners order by listener_id")]  # noqa: S608 (our own names)


def listeners_frame(root: Root, whom: Collection[int] | None = None, connection: sa.Connection | None = None) -> pl.DataFrame:
    """listener_id, time_zone: what the lake may know of some people, or of all, ordered by surrogate."""
    import polars as pl

    with reading(root, connection) as reader:
        rows = listener_rows(reader, whom)
    return pl.DataFrame(rows, schema={"listener_id": pl.Int64, "time_zone": pl.String}, orient="row")


def exclusions_frame(root: Root, whom: Collection[int] | None = None, connection: sa.Connection | None = None) -> pl.DataFrame:
    """listener_id, kind, target_id: what some listeners, or all, asked to leave out, ordered."""
    import polars as pl

    with reading(root, connection) as reader:
        rows = exclusion_rows(reader, whom)
    schema = {"listener_id": pl.Int64, "exclusion_kind": pl.String, "target_id": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def exclude(root: Root, listener: Listener, kind: str, target_id: int, label: str) -> None:
    """Leaves an artist, recording, release group or hour range out of a listener's figures, over the whole past."""
    row = {"listener_id": listener.listener_id, "kind": kind, "target_id": target_id, "label": label}
    table = tables.exclusions
    with root.engine.begin() as connection:
        key = (table.c.listener_id == row["listener_id"]) & (table.c.kind == kind) & (table.c.target_id == target_id)
        if connection.execute(sa.select(table.c.kind).where(key)).one_or_none() is None:
            connection.execute(sa.insert(table).values(**row))


def exclusions_of(root: Root, listener: Listener) -> list[tuple[str, str]]:
    """What a listener asked to leave out, as (kind, as it was written), ordered."""
    table = tables.exclusions
    query = sa.select(table.c.kind, table.c.label).where(table.c.listener_id == listener.listener_id).order_by(table.c.kind, table.c.label)
    with root.engine.connect() as connection:
        return [(row.kind, row.label) for row in connection.execute(query)]


def include_again(root: Root, listener: Listener, kind: str, target_id: int) -> bool:
    """Takes an exclusion back; false where there was none."""
    table = tables.exclusions
    key = (table.c.listener_id == listener.listener_id) & (table.c.kind == kind) & (table.c.target_id == target_id)
    with root.engine.begin() as connection:
        return connection.execute(sa.delete(table).where(key)).rowcount > 0


def set_edition(
    root: Root, year: int, *, rules: str | None = None, window_start: date | None = None,
    window_end: date | None = None, launch_at: datetime | None = None, catalogue: str | None = None, is_frozen: bool | None = None,
    connection: sa.Connection | None = None,
) -> Edition:  # fmt: skip
    """Changes what is given of a year's edition and keeps the rest; InputError where the result makes no sense.

    `catalogue` is a version, or NEWEST to follow what is imported.
    """
    table = tables.editions
    with exclusive(root.engine, connection) as writer:
        seen = _edition_rows(writer, root).get(year)
        row = dict(seen) if seen else dict.fromkeys(table.c.keys()) | {"year": year, "rules": "default", "is_frozen": False}
        is_old = seen is not None and seen["environment"] == root.environment
        row["environment"] = root.environment
        given = {"rules": rules, "window_start": window_start, "window_end": window_end, "launch_at": launch_at and utc_moment(launch_at)}
        row.update({name: value for name, value in (given | {"catalogue": catalogue, "is_frozen": is_frozen}).items() if value is not None})
        row["catalogue"] = None if catalogue == NEWEST else row["catalogue"]
        try:
            checked = rules_for(row["rules"], year, row["window_start"], row["window_end"])
        except ValueError as error:
            raise InputError(str(error)) from None
        mine = (table.c.year == year) & (table.c.environment == root.environment)
        writer.execute(sa.update(table).where(mine).values(**row) if is_old else sa.insert(table).values(**row))
    return Edition(year, checked, row["launch_at"] and utc_moment(row["launch_at"]), row["catalogue"], bool(row["is_frozen"]))


def editions(root: Root, years: Iterable[int], connection: sa.Connection | Reader | None = None) -> dict[int, Edition]:
    """The edition of each year, by default rules where nothing was set. InputError for a year that no calendar has."""
    seen = "select year, rules, window_start, window_end, launch_at, catalogue, is_frozen from editions where environment in :seen"
    with reading(root, connection) as reader:
        rows = reader.rows(f"{seen} order by environment", seen=[MAIN, root.environment])  # an environment's own before the main ones
    try:
        found = {year: Edition(year, rules_for("default", year)) for year in years}
    except ValueError as error:
        raise InputError(str(error)) from None
    for year, rules, start, end, launch_at, catalogue, is_frozen in rows:
        if year in found:
            whole = rules_for(rules, year, _day(start), _day(end))
            found[year] = Edition(year, whole, launch_at and utc_moment(launch_at), catalogue, bool(is_frozen))
    return found


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _edition_rows(connection: sa.Connection, root: Root) -> dict[int, sa.RowMapping]:
    """The editions that were set, by year; an environment's own before the main ones."""
    table = tables.editions
    seen = sa.select(table).where(table.c.environment.in_([MAIN, root.environment])).order_by(table.c.environment)
    return {row["year"]: row for row in connection.execute(seen).mappings()}
