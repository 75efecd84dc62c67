"""What ids are called: looked up in the catalogue once for all frames that are shown together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from wrapped_assets.kernels.texts import best_spelling
from wrapped_assets.serving.released import RELEASED, RELEASES, filled_in, of_releases
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.verified import intact
from wrapped_assets.vocabulary.periods import Cell, period_year

CREDITS, TRACKS = "catalogue/artist_credits", "catalogue/tracks"
NAMED_FROM = (CREDITS, TRACKS, RELEASED, RELEASES)
HAS_NO_ID = pl.col("recording_mbid").is_null() & pl.col("spotify_uri").is_null()
_NAMES = {
    "recording_id": ("recording_name", "artist_name"),
    "release_group_id": ("release_group_name", "artist_name"),  # the primary artist
    "artist_id": ("artist_name",),
    "show_id": ("show_name",),
}


@dataclass(frozen=True)
class _LookUp:
    """The column of a frame that holds ids, what they are ids of, and the columns to add: the name of each here → in the frame."""

    column: str
    kind: str
    added: Mapping[str, str]


def _look_ups(columns: Sequence[str]) -> Iterator[_LookUp]:
    there = set(columns)
    for kind, names in _NAMES.items():
        if kind in columns and (fresh := [name for name in names if name not in there]):
            there.update(fresh)
            yield _LookUp(kind, kind, {name: name for name in fresh})
    for column in columns:
        if column.endswith("_recording_id"):  # of another part: the day's top recording
            yield _LookUp(column, "recording_id", {"recording_name": f"{column.removesuffix('_id')}_name"})
        elif column == "common_artist_id":
            yield _LookUp(column, "artist_id", {"artist_name": "common_artist_name"})


@dataclass
class Names:
    """The names of all ids in some frames.

    `stored` are the cells of NAMED_FROM, `shown` the years and buckets that the frames are of. A recording that only others heard, such as
    one that a listener missed, is looked up in the catalogue of all buckets of these years; one that nobody need have heard, among the
    year's releases.
    """

    root: Root
    stored: Mapping[Cell, str]
    shown: Collection[tuple[int, int | None]]
    frames: Sequence[pl.DataFrame]
    _found: dict[str, pl.DataFrame | None] = field(default_factory=dict)

    def beside(self, frame: pl.DataFrame) -> pl.DataFrame:
        """One of the frames with each name right behind its id, null where nobody knows it; without ids that serve joins only."""
        order = [name for name in frame.columns if name != "artist_credit_id"]
        for each in _look_ups(order):
            if each.kind not in self._found:
                self._found[each.kind] = _FINDERS[each.kind](self, self._ids(each.kind))
            names = self._found[each.kind]
            if names is None:
                frame = frame.with_columns(pl.lit(None, pl.String).alias(name) for name in each.added.values())
            else:
                said = names.select(pl.col(each.kind).alias(each.column), *(pl.col(name).alias(as_) for name, as_ in each.added.items()))
                frame = frame.join(said, on=each.column, how="left", maintain_order="left")
            place = order.index(each.column) + 1
            order[place:place] = each.added.values()
        return frame.select(order)

    def _ids(self, kind: str) -> pl.DataFrame:
        """The ids of one kind in all frames, in the only column."""
        asked = [
            frame.select(pl.col(each.column).alias(kind)) for frame in self.frames for each in _look_ups(frame.columns) if each.kind == kind
        ]
        return pl.concat(asked).unique().drop_nulls()

    def _paths(self, asset: str) -> list[str]:
        """The cells of the years and buckets that are shown; of all buckets of a year that a frame over all listeners is of."""
        everyone = {year for year, bucket in self.shown if bucket is None}
        cells = [
            cell
            for cell in self.stored
            if cell.asset == asset and ((period_year(cell.period), cell.bucket) in self.shown or period_year(cell.period) in everyone)
        ]
        return [self.stored[cell] for cell in sorted(cells, key=str)]

    def _elsewhere(self, paths: Sequence[str]) -> list[str]:
        years = {year for year, _ in self.shown}
        return sorted(
            {path for cell, path in self.stored.items() if cell.asset == TRACKS and period_year(cell.period) in years} - set(paths)
        )

    def _scan(self, paths: Sequence[str]) -> pl.LazyFrame:
        return pl.scan_parquet(intact(self.root, paths))

    def _of_recordings(self, ids: pl.DataFrame) -> pl.DataFrame | None:
        """recording_id, recording_name, artist_name; of several spellings one that came with an id, then as `best_spelling` chooses."""
        if not (paths := self._paths(TRACKS)):
            return None
        found = _best_spellings(self._scan(paths), ids)
        missing = ids.join(found, on="recording_id", how="anti")
        if missing.height and (elsewhere := self._elsewhere(paths)):
            found = pl.concat([found, _best_spellings(self._scan(elsewhere), missing)])
        if missing.height:
            known = (intact(self.root, self._paths(asset)) for asset in (RELEASED, RELEASES))
            found = filled_in(found, of_releases(*known, missing["recording_id"]))
        return found

    def _of_release_groups(self, ids: pl.DataFrame) -> pl.DataFrame | None:
        """release_group_id, release_group_name, artist_name."""
        if not (paths := self._paths(TRACKS)):
            return None
        kept = (
            self._scan(paths)
            .join(ids.lazy(), on="release_group_id", how="semi")
            .with_columns(artist_name=pl.col("artist_names").list.first())
        )
        names = {name: best_spelling(pl.col(name)) for name in _NAMES["release_group_id"]}
        return kept.group_by("release_group_id").agg(**names).collect()

    def _of_artists(self, ids: pl.DataFrame) -> pl.DataFrame | None:
        """artist_id, artist_name."""
        if not (paths := self._paths(CREDITS)):
            return None
        kept = self._scan(paths).join(ids.lazy(), on="artist_id", how="semi")
        return kept.group_by("artist_id").agg(artist_name=best_spelling(pl.col("artist_name"))).collect()

    def _of_shows(self, ids: pl.DataFrame) -> pl.DataFrame | None:
        """show_id, show_name: podcasts and audiobooks stand in the artist's place of their episodes."""
        if not (paths := self._paths(TRACKS)):
            return None
        spoken = self._scan(paths).filter(pl.col("media").is_in(("podcast", "audiobook"))).select("artist_name", show_id="artist_credit_id")
        kept = spoken.join(ids.lazy(), on="show_id", how="semi")
        return kept.group_by("show_id").agg(show_name=best_spelling(pl.col("artist_name"))).collect()


_FINDERS: dict[str, Callable[[Names, pl.DataFrame], pl.DataFrame | None]] = {
    "recording_id": Names._of_recordings,
    "release_group_id": Names._of_release_groups,
    "artist_id": Names._of_artists,
    "show_id": Names._of_shows,
}


def _best_spellings(tracks: pl.LazyFrame, ids: pl.DataFrame) -> pl.DataFrame:
    kept = tracks.join(ids.lazy(), on="recording_id", how="semi").with_columns(_has_no_id=HAS_NO_ID)
    best = kept.filter(pl.col("_has_no_id") == pl.col("_has_no_id").min().over("recording_id"))
    names = {name: best_spelling(pl.col(name)) for name in _NAMES["recording_id"]}
    return best.group_by("recording_id").agg(**names).collect()
