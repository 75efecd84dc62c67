"""The live data root: a synthetic population over a few months around New Year; and late exports for it."""

from __future__ import annotations

import os
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from wrapped_assets.building.importing import import_paths
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.periods import Month
from wrapped_synthesis.population import synthesise

KEY = bytes(range(32))


class Population:
    """Who listens, which months are landed, and the log that late exports are drawn from."""

    def __init__(self, folder: Path, listeners: int, listens: int, months: int, buckets: int, seed: int, first: str) -> None:
        self.folder = folder / "population"
        self.months = [str(Month.parse(first).shift(shift)) for shift in range(months)]
        years = sorted({int(month[:4]) for month in self.months})
        synthesise(listeners, listens * len(years) * 12 // months, seed, years, self.folder)
        for path in (self.folder / "events").iterdir():
            if path.stem[:7] not in self.months:
                path.unlink()
        self.people: list[str] = pl.read_parquet(self.folder / "listeners.parquet")["listener"].to_list()
        self.years = years
        self._events = pl.read_parquet(self.folder / "events" / "*.parquet")
        self._exports = 0
        self.root = folder / "root"
        root = Root.open_or_make(self.root, buckets, KEY)
        self.landed = import_paths(root, [self.folder], None).accepted
        root.engine.dispose()

    def artists(self) -> list[str]:
        """Primary artists that are played, the best known first."""
        table = pl.read_parquet(self.folder / "recordings.parquet", columns=["recording", "artist_names"])
        counts = self._events.join(table, on="recording").group_by(pl.col("artist_names").list.first().alias("name")).len()
        return counts.sort("len", "name", descending=[True, False])["name"].head(20).to_list()

    def late_export(self, listener: str, months: list[str], plays: int, choice: random.Random) -> Path:
        """An event log of one listener over some months: recordings as the population plays them, at other times."""
        folder = self.folder.parent / "late" / f"{self._exports:04d}"
        self._exports += 1
        (folder / "events").mkdir(parents=True)
        os.link(self.folder / "recordings.parquet", folder / "recordings.parquet")
        rows = self._events.sample(plays, with_replacement=True, seed=choice.randrange(1 << 30))
        at = [self._instant(Month.parse(choice.choice(months)), choice) for _ in range(plays)]
        times = pl.Series("listened_at", at, dtype=rows.schema["listened_at"])
        log = rows.with_columns(times, listener=pl.lit(listener)).sort("listened_at").unique("listened_at", maintain_order=True)
        log.write_parquet(folder / "events" / "late.parquet")
        return folder

    @staticmethod
    def _instant(month: Month, choice: random.Random) -> datetime:
        span = (month.last_day - month.first_day).days * 86400
        return datetime(month.year, month.number, 1, tzinfo=UTC) + timedelta(seconds=choice.randrange(span))
