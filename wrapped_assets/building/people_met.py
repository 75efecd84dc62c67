"""The listeners that an import meets: their surrogates, what files and options say of them, and names that cannot be taken in."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from wrapped_assets.contracts.errors import InputError, RefusedError
from wrapped_assets.contracts.source import Batch
from wrapped_assets.storage import registry, tombstones
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.writing import Writer

EARLIEST_BIRTH, LATEST_BIRTH = 1890, 2030
LONGEST_NAME = 500  # characters; PostgreSQL's index of names holds some 2,700 bytes


@dataclass(frozen=True)
class Person:
    """Whom an export is of, and what the registry is to say of them; None leaves what it says."""

    name: str
    time_zone: str | None = None
    country: str | None = None
    birth_year: int | None = None
    place: str | None = None


def is_usable(name: str) -> bool:
    """Whether a listener may have this name. No registry keeps NUL, and nobody can ask for a blank name."""
    return bool(name.strip()) and "\0" not in name and len(name) <= LONGEST_NAME


def usable_country(text: str | None) -> str | None:
    """Two letters in upper case; None for anything else."""
    code = (text or "").strip().upper()
    return code if len(code) == len("PT") and code.isascii() and code.isalpha() else None


def usable_birth_year(year: int | None) -> int | None:
    """The year, if somebody who listens can be born in it; anything else would pass as an adult's."""
    return year if year is not None and EARLIEST_BIRTH <= year <= LATEST_BIRTH else None


class PeopleMet:
    """Surrogates for the names that an import meets, registered once at its end."""

    def __init__(self, root: Root, person: Person | None) -> None:
        """InputError for a name that nobody may have, RefusedError for one that was erased."""
        self._root, self._person = root, person
        self._known = {found.name: found for found in registry.all_listeners(root)}
        self._met: dict[str, registry.Listener] = {}
        self._said: dict[str, dict[str, object]] = {}  # only what files and options say: another process may change the rest meanwhile
        self.named: set[str] = set()  # whom the files name
        self.unusable = 0  # countries and years of birth that tables of listeners say, and that cannot be
        self._asked_about: set[str] = set()
        self._refused: dict[str, str] = {}  # name → one of REJECTION_REASONS
        if person:
            if not is_usable(person.name):
                raise InputError(f"the listener's name is blank, longer than {LONGEST_NAME} characters, or has a NUL: give another name")
            if tombstones.suppressed(root, [person.name]):
                raise RefusedError(
                    "a listener of this name was erased on request, so the name cannot be imported for ninety days: choose another name"
                )
            self._meet(person)

    def _meet(self, who: Person) -> None:
        old = self._met.get(who.name) or self._known.get(who.name) or registry.Listener(self._root.surrogate(who.name), who.name)
        said = {
            "time_zone": registry.checked_time_zone(who.time_zone) if who.time_zone else None,
            "country": who.country, "birth_year": who.birth_year, "place": who.place,
        }  # fmt: skip
        given = {column: value for column, value in said.items() if value}
        self._met[who.name] = replace(old, **given)
        self._said.setdefault(who.name, {}).update(given)

    def _listed(self, row: dict[str, str | int | None]) -> None:
        """Takes in what a row of a table of listeners says, as far as it can be."""
        said = {**row, "country": usable_country(row["country"]), "birth_year": usable_birth_year(row["birth_year"])}  # type: ignore[arg-type]
        self.unusable += sum(said[column] is None and row[column] not in (None, "") for column in ("country", "birth_year"))
        about = {column: said[column] for column in ("time_zone", "country", "birth_year", "place")}
        self._meet(Person(str(row["listener"]), **about))  # type: ignore[arg-type]

    def without_refused(self, batch: Batch) -> tuple[Batch, list[str | None]]:
        """The batch without rows of listeners who were erased or have a name that nobody may have, and whom its plays name.

        Their plays are counted as rejected, row numbers apart.
        """
        present = batch.plays["listener"].unique().to_list()
        listed = batch.listeners["listener"].to_list() if batch.listeners is not None else []
        names = {name for name in [*present, *listed] if name is not None} - self._asked_about
        self._asked_about |= names
        self._refused |= {name: "unusable_listener" for name in names if not is_usable(name)}
        self._refused |= dict.fromkeys(tombstones.suppressed(self._root, names), "erased")
        if not self._refused or self._person:
            return batch, present
        name = pl.col("listener").cast(pl.String)
        is_gone = name.is_in(list(self._refused))
        gone = batch.plays.filter(is_gone).select(reason=name.replace_strict(self._refused))
        rejected = pl.concat([batch.rejected, gone], how="diagonal").select(batch.rejected.columns)
        listeners = None if batch.listeners is None else batch.listeners.filter(~is_gone)
        kept = batch.plays.filter(pl.col("listener").is_null() | ~is_gone)
        there = [name for name in present if name not in self._refused]
        return replace(batch, plays=kept, rejected=rejected, listeners=listeners), there

    def surrogates(self, batch: Batch, names: list[str | None]) -> dict[str | None, int]:
        """Name → surrogate of everyone whom a batch's plays name; a play without a name is the person's whose export it is."""
        if batch.listeners is not None:
            for row in batch.listeners.iter_rows(named=True):
                self._listed(row)
        self.named.update(name for name in names if name is not None)
        if self._person:  # an export is its person's, whatever account name the file carries
            return dict.fromkeys(names, self._root.surrogate(self._person.name))
        if None in names:
            raise InputError("this export does not name its listener: give the name with --listener NAME")
        for name in names:
            if name is not None and name not in self._met:
                self._meet(Person(name))
        return {name: self._met[name].listener_id for name in names if name is not None}

    def forget_what_was_said(self) -> None:
        """An import that is refused moves nobody's clock or home. A new name stays known, for what was rejected is kept as theirs."""
        self._said = {name: {} for name in self._said}

    def register(self, writer: Writer) -> None:
        """Adds the listeners, and changes what was said of those who are known."""
        registry.take_in(writer, self._root, self._said)
