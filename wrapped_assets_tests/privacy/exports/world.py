"""A published edition whose cells are written as they stand, so that a test has a thousand listeners in a moment."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from hashlib import blake2b
from pathlib import Path

import polars as pl
import sqlalchemy as sa

from wrapped_assets.privacy.draws import Draws
from wrapped_assets.privacy.export import Export, Produced
from wrapped_assets.privacy.policy import policy_of
from wrapped_assets.privacy.snapshot import Snapshot, take_snapshot
from wrapped_assets.storage import catalogues, consents, publications, registry, tables
from wrapped_assets.storage.buckets import bucket_count, bucket_of
from wrapped_assets.storage.cell_files import write_cell
from wrapped_assets.storage.manifest import StoredCell
from wrapped_assets.storage.registry import Listener
from wrapped_assets.storage.responsible import set_controller
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.periods import Cell
from wrapped_assets_tests.privacy.toy import CONTROLLER
from wrapped_assets_tests.small_roots import copy_root

YEAR = 2025
NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
MINUTE = 60_000


def id_of(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big") >> 1


@dataclass
class Life:
    """One listener: where they live, when they were born, and what they heard how often on which days, three minutes each."""

    country: str | None = "PT"
    birth_year: int | None = 1990
    place: str | None = None
    artists: Mapping[str, Sequence[date]] = field(default_factory=dict)
    recordings: Mapping[tuple[str, str], int] = field(default_factory=dict)  # (title, artist) → listens
    genres: Sequence[str] = ()  # root genres, most heard first
    minutes_each: int = 3
    purposes: Sequence[str] = ("artist_statistics", "marketing", "partner:acme", "partner:other", "charts")


def on(*days: str) -> list[date]:
    """Days of the year, as MM-DD or MM-DD*times."""
    found = []
    for each in days:
        day, _, times = each.partition("*")
        found += [date.fromisoformat(f"{YEAR}-{day}")] * int(times or 1)
    return found


@cache
def _empty(buckets: int) -> Path:
    """A root without anybody, to copy: its registry's migrations take longer than most tests."""
    path = Path(tempfile.mkdtemp()) / "empty"
    atexit.register(shutil.rmtree, path.parent, ignore_errors=True)
    root = Root.open_or_make(path, buckets, bytes(range(32)))
    set_controller(root, CONTROLLER)
    root.engine.dispose()
    return path


class World:
    """A data root with a published edition of these lives."""

    def __init__(
        self, path: Path, lives: Mapping[str, Life], catalogue: Mapping[str, pl.DataFrame] | None = None, buckets: int = 2
    ) -> None:
        copy_root(_empty(buckets), path)
        self.root = Root.open(path)
        self.lives = dict(lives)
        people = [
            Listener(self.root.surrogate(name), name, "UTC", life.country, life.birth_year, life.place) for name, life in lives.items()
        ]
        registry.register(self.root, people)
        events = [
            consents.event_of(person, purpose, "given", method="test", valid_from=datetime(2025, 1, 1, tzinfo=UTC))
            for person in people
            for purpose in lives[person.name].purposes
        ]
        if events:
            with self.root.engine.begin() as connection:
                connection.execute(sa.insert(tables.consent_events), [vars(event) for event in events])
        version = self._catalogue(catalogue)
        registry.set_edition(self.root, YEAR, **({"catalogue": version} if version else {}))
        publications.publish(self.root, YEAR, self._cells(), {"name": "test"})

    def _catalogue(self, given: Mapping[str, pl.DataFrame] | None) -> str | None:
        if given is None:
            return None
        (self.root.path / "catalogue").mkdir(exist_ok=True)
        made = {}
        for name, table in given.items():
            path = self.root.path / "made" / f"{name}.parquet"
            path.parent.mkdir(exist_ok=True)
            table.write_parquet(path)
            made[f"sources/{name}"] = path
        return catalogues.add_version(self.root, made, {})[0].name

    def _cells(self) -> list[StoredCell]:
        rows: dict[tuple[str, str, int], list[dict[str, object]]] = defaultdict(list)
        for bucket in range(bucket_count(self.root)):
            for asset in _SCHEMAS:
                rows[asset, f"{YEAR}-01" if asset in _MONTHLY else str(YEAR), bucket] = []
        for name, life in self.lives.items():
            listener = self.root.surrogate(name)
            bucket = bucket_of(self.root, listener)
            for artist, days in life.artists.items():
                whose = {"listener_id": listener, "artist_id": id_of(artist)}
                sums = {"listen_count": len(days), "ms_played": len(days) * life.minutes_each * MINUTE}
                rows["aggregates/artist_years", str(YEAR), bucket].append(whose | sums)
                for month in sorted({day.month for day in days}):
                    here = [day for day in days if day.month == month]
                    mask = sum(1 << (day - 1) for day in {each.day for each in here})
                    key = f"{YEAR}-{month:02}"
                    row = whose | {"month": key, "listen_count": len(here), "day_mask": mask}
                    rows["aggregates/artist_months", key, bucket].append(row)
                    rows["catalogue/artist_credits", key, bucket].append({"artist_id": id_of(artist), "artist_name": artist})
            for (title, artist), listens in life.recordings.items():
                row = {
                    "listener_id": listener,
                    "recording_id": id_of(f"{title}/{artist}"),
                    "listen_count": listens,
                    "ms_played": listens * MINUTE,
                }
                rows["aggregates/recording_years", str(YEAR), bucket].append(row)
            for rank, genre in enumerate(life.genres, 1):
                row = {"listener_id": listener, "genre_rank": rank, "genre_name": f"new {genre}", "root_genre_name": genre}
                rows["insights/top_genres", str(YEAR), bucket].append(row)
        return [self._stored(Cell(asset, period, bucket), found) for (asset, period, bucket), found in rows.items()]

    def _stored(self, cell: Cell, rows: list[dict[str, object]]) -> StoredCell:
        table = pl.DataFrame(rows, schema=_SCHEMAS[cell.asset], orient="row").unique(maintain_order=True)
        done = write_cell(self.root, cell, table)
        sizes = (table.height, done.byte_count, 0.0)
        return StoredCell(cell, "", "", "", "", done.data_version, done.column_hashes, *sizes, "", done.path, done.file_hash, NOW)

    def snapshot(self, export: Export, recipient: str | None = None) -> Snapshot:
        """As the gate takes it."""
        return take_snapshot(self.root, YEAR, policy_of(export.name), NOW, export.reads, export.operator_files, recipient)

    def produce(self, export: Export, recipient: str | None = None) -> Produced:
        """What the export makes of it."""
        snapshot = self.snapshot(export, recipient)
        return export.produce(snapshot, Draws(snapshot))

    def renamed(self, path: Path, rename: Callable[[str], str], catalogue: Mapping[str, pl.DataFrame] | None = None) -> World:
        """The same lives under other names: other surrogates, other buckets, another order of everything."""
        lives = {rename(name): life for name, life in reversed(self.lives.items())}
        return World(path, lives, catalogue, bucket_count(self.root))


_MONTHLY = ("aggregates/artist_months", "catalogue/artist_credits")
_SCHEMAS: dict[str, dict[str, pl.DataType | type[pl.DataType]]] = {
    "aggregates/artist_years": {"listener_id": pl.Int64, "artist_id": pl.Int64, "listen_count": pl.Int64, "ms_played": pl.Int64},
    "aggregates/artist_months": {
        "listener_id": pl.Int64, "artist_id": pl.Int64, "month": pl.String, "listen_count": pl.Int64, "day_mask": pl.Int64,
    },
    "catalogue/artist_credits": {"artist_id": pl.Int64, "artist_name": pl.String},
    "aggregates/recording_years": {"listener_id": pl.Int64, "recording_id": pl.Int64, "listen_count": pl.Int64, "ms_played": pl.Int64},
    "insights/top_genres": {"listener_id": pl.Int64, "genre_rank": pl.Int64, "genre_name": pl.String, "root_genre_name": pl.String},
}  # fmt: skip


def public(
    artists: Mapping[str, Sequence[str]] = {}, recordings: Sequence[tuple[str, str]] = (), places: Mapping[str, int] = {}
) -> dict[str, pl.DataFrame]:
    """A catalogue: artists with their genres, recordings as (title, artist), places with their inhabitants."""
    return {
        "known_artists": pl.DataFrame(
            [{"artist_id": id_of(name), "artist_name": name, "genre_names": list(genres)} for name, genres in artists.items()],
            schema={"artist_id": pl.Int64, "artist_name": pl.String, "genre_names": pl.List(pl.String)},
        ),
        "known_recordings": pl.DataFrame(
            [
                {"recording_id": id_of(f"{title}/{artist}"), "recording_name": title, "artist_id": id_of(artist), "artist_names": [artist]}
                for title, artist in recordings
            ],
            schema={
                "recording_id": pl.Int64, "recording_name": pl.String, "artist_id": pl.Int64, "artist_names": pl.List(pl.String),
                "genre_names": pl.List(pl.String),
            },
        ),
        "known_places": pl.DataFrame(
            list(places.items()), schema={"place_name": pl.String, "inhabitants": pl.Int64}, orient="row"
        ),
    }  # fmt: skip
