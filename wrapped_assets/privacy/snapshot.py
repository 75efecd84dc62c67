"""What an export reads: the frozen cells of a published edition, of the people who may be in it, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256

import numpy as np
import polars as pl

from wrapped_assets.contracts.errors import BuildError, RefusedError
from wrapped_assets.privacy.eligible import People, eligible_people
from wrapped_assets.privacy.policy import Numeral, PinnedPolicy
from wrapped_assets.privacy.pseudonyms import new_key
from wrapped_assets.privacy.untrusted import in_a_cell
from wrapped_assets.storage import catalogues, registry
from wrapped_assets.storage.profiles import profiles_frame
from wrapped_assets.storage.publications import LiveEdition, live_edition
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.verified import intact

_NAMES = ("artist_name", "artist_names", "recording_name")


@dataclass(frozen=True)
class Snapshot:
    """A published edition, its eligible people, and the instant at which consent was looked up."""

    root: Root
    year: int
    edition: LiveEdition
    people: People
    taken_at: datetime
    pinned: PinnedPolicy
    reads: Mapping[str, Sequence[str]]
    recipient: str | None = None
    operator_files: Mapping[str, bytes] = field(default_factory=dict)  # by name as declared; those that are there
    key: bytes = field(default_factory=new_key, repr=False)  # of pseudonyms, where the export has any

    @cached_property
    def snapshot_id(self) -> str:
        """A hash of the cells, the people, the policy and what the operator asks for: the same id stands for the same input."""
        people = np.array(self.people.listener_ids, dtype="<i8").tobytes()
        cells = "\n".join(f"{cell}\t{path}" for cell, path in sorted(self.edition.paths.items(), key=lambda item: str(item[0])))
        asked = "".join(f"{name}\t{sha256(content).hexdigest()}\n" for name, content in sorted(self.operator_files.items()))
        return sha256(f"{self.year}\n{self.edition.number}\n{self.pinned.sha256}\n{cells}\n{asked}".encode() + people).hexdigest()

    def read(self, asset: str, columns: list[str]) -> pl.LazyFrame:
        """The edition's rows of an asset in these columns; where it has a listener_id, those of eligible people only."""
        self._declared(asset, columns)
        wanted = list(dict.fromkeys(["listener_id", *columns]))
        listed = sorted(self.edition.paths.items(), key=lambda item: str(item[0]))
        paths = intact(self.root, [path for cell, path in listed if cell.asset == asset])
        if not paths:
            raise BuildError(f"the published edition has no {asset}: build and publish {self.year} again")
        rows = pl.scan_parquet(paths)
        names = rows.collect_schema().names()
        if "listener_id" not in names:
            return rows.select(columns)
        inside = pl.LazyFrame({"listener_id": pl.Series(self.people.listener_ids, dtype=pl.Int64)})
        return rows.select(wanted).join(inside, on="listener_id", how="semi").select(columns)

    @cached_property
    def active(self) -> tuple[int, ...]:
        """Of the people who may be in, those with a listen in what the export reads, ascending: an account without one is nobody."""
        found = []
        for asset, columns in self.reads.items():
            counts = [name for name in columns if name in ("listen_count", "play_count")]
            if asset.startswith(("aggregates/", "insights/")):
                rows = self.read(asset, ["listener_id", *counts])
                found.append(rows.filter(pl.lit(True), *(pl.col(name) > 0 for name in counts)).select("listener_id").unique())
        return tuple(pl.concat(found).unique().sort("listener_id").collect(engine="streaming")["listener_id"]) if found else ()

    def known(self, name: str) -> pl.LazyFrame | None:
        """A table of the catalogue that the edition is told by (`known_recordings` …): public, whoever listened. None without one."""
        self._declared(f"sources/{name}", [])
        version = registry.editions(self.root, [self.year])[self.year].catalogue
        file = catalogues.files_of(self.root, version).get(f"sources/{name}") if version else None
        return pl.scan_parquet(intact(self.root, [file.path])) if file else None

    def public_among(self, kind: Numeral, texts: Collection[str]) -> set[str]:
        """Those of some texts that are public: names in what the export reads, the edition's year, or words of an operator's file."""
        if kind == "year":
            return {str(self.year)} & {*texts}
        if kind == "given":
            files = b"\n".join(self.operator_files.values()).decode(errors="replace")
            return {*re.findall(r"[\w+.-]+", files)} & {*texts}
        names = {in_a_cell(name) for name in self._names()}
        return {text for text in texts if text.strip() in names}

    def _names(self) -> Iterator[str]:
        """Names of artists and recordings that read as numbers, in what the export reads."""
        for asset, columns in self.reads.items():
            for column in [name for name in columns if name in _NAMES]:
                rows = self.known(asset.removeprefix("sources/")) if asset.startswith("sources/") else self.read(asset, [column])
                if rows is not None:
                    names = pl.col(column).explode(empty_as_null=True) if column == "artist_names" else pl.col(column)
                    names = rows.select(name=names.str.strip_chars()).filter(pl.col("name").cast(pl.Float64, strict=False).is_not_null())
                    yield from names.unique().collect(engine="streaming")["name"]

    def countries(self) -> pl.DataFrame:
        """listener_id, country of the eligible listeners; null where it is not known."""
        return self.profiles(["country"])

    def profiles(self, columns: list[str]) -> pl.DataFrame:
        """listener_id and these columns of what the registry says of eligible listeners; null where it does not know."""
        self._declared("registry/profiles", columns)
        profiles = profiles_frame(self.root).select("listener_id", *columns)
        return profiles.filter(pl.col("listener_id").is_in(self.people.listener_ids))

    def _declared(self, asset: str, columns: Sequence[str]) -> None:
        if asset not in self.reads or set(columns) - {"listener_id", *self.reads[asset]}:
            raise BuildError(f"{self.pinned.policy.export} reads {asset} in {list(columns)}, and declares {dict(self.reads).get(asset)}")


def take_snapshot(
    root: Root, year: int, pinned: PinnedPolicy, at: datetime, reads: Mapping[str, Sequence[str]],
    operator_files: Sequence[str] = (), recipient: str | None = None,
) -> Snapshot:  # fmt: skip
    """The live edition and who may be in. RefusedError where nothing is published: exports are made of published figures only.

    `reads` are the columns by asset that the snapshot gives; `operator_files` are names below the data root with {year} in them.
    """
    edition = live_edition(root, year)
    if edition is None:
        raise RefusedError(f"the {year} edition is not published: exports read published editions only. Run `wrapped publish {year}` first")
    rule = pinned.policy.eligible
    people = eligible_people(root, rule, at, recipient) if rule else People((), {})
    asked = {name: path for name in operator_files if (path := root.path / name.format(year=year)).is_file()}
    contents = {name: path.read_bytes() for name, path in asked.items()}
    return Snapshot(root, year, edition, people, at, pinned, reads, recipient, contents)
