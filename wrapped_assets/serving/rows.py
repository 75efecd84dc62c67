"""Rows of stored assets as people read them: display names beside ids, words for codes, grain order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import polars as pl

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.contracts.lineage import Graph
from wrapped_assets.kernels.texts import best_spelling
from wrapped_assets.serving.released import RELEASED, RELEASES, filled_in, of_releases
from wrapped_assets.storage import manifest
from wrapped_assets.storage.registry import Listener
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.verified import intact
from wrapped_assets.vocabulary.outcomes import OUTCOMES
from wrapped_assets.vocabulary.periods import Cell, period_year, years_of
from wrapped_assets.vocabulary.spans import Span

if TYPE_CHECKING:
    from wrapped_assets.contracts.asset import Declaration

HAS_NO_ID = pl.col("recording_mbid").is_null() & pl.col("spotify_uri").is_null()
SPANS_OF = "spans/{name} where there is one"
_CREDITS, TRACKS = "catalogue/artist_credits", "catalogue/tracks"


def displayed(
    root: Root,
    graph: Graph,
    asset: str,
    years: Sequence[int] = (),
    listener: Listener | None = None,
    paths: Mapping[Cell, str] | None = None,
    artist_id: int | None = None,
    span: Span | None = None,
) -> pl.DataFrame:
    """The rows of an asset with names, of some years (none given: all), of one listener and one artist (None: all), in grain order.

    Of a span's asset, the rows of `span`, which must be given.

    Read from the newest build, or from `paths`, a published edition's cells.

    InputError where the asset is unknown, was never built, or has no listeners or artists to choose from.
    """
    declaration = graph.find(asset)
    if listener and "listener_id" not in declaration.column_names:
        raise InputError(f"{declaration.key} has no listener_id: leave --listener out")
    if artist_id is not None and "artist_id" not in declaration.column_names:
        raise InputError(f"{declaration.key} has no artist_id: leave --artist out")
    stored = paths if paths is not None else built_paths(root, [declaration.key])
    if (declaration.kind == "span_bucket") != (span is not None):
        remedy = "give the months with --span" if span is None else f"leave --span out, or choose {SPANS_OF.format(name=declaration.name)}"
        raise InputError(f"{declaration.key} has {'a span' if span is None else 'years or months'} in its partitions: {remedy}")
    cells = [cell for cell in chosen_cells(root, stored, declaration.key, years, listener) if span is None or cell.period == str(span)]
    if span is None and not any(cell.asset == declaration.key for cell in stored):
        raise InputError(f"{declaration.key} was never built: run `wrapped build` first")
    wanted = {"listener_id": listener.listener_id if listener else None, "artist_id": artist_id}
    frame = _read(root, stored, cells, declaration.key, wanted)
    if "similar_listener_id" in frame.columns:
        from wrapped_assets.serving.like_minded import with_similar_names

        frame = with_similar_names(frame, root)
    return in_words(root, frame.sort(declaration.order), declaration, stored, cells)


def in_words(root: Root, frame: pl.DataFrame, declaration: Declaration, stored: Mapping[Cell, str], cells: Iterable[Cell]) -> pl.DataFrame:
    """An asset's rows with names beside ids and words in the place of codes, as they stand; `cells` are where they come from."""
    shown = {(year, cell.bucket) for cell in cells for year in range(years_of(cell.period)[0], period_year(cell.period) + 1)}
    names = _Names(root, stored, shown)
    return _words(named(frame, names), declaration)


def built_paths(root: Root, assets: Sequence[str]) -> dict[Cell, str]:
    """Where the newest build's cells of some assets lie, and the catalogue's."""
    looked_up = [*assets, _CREDITS, TRACKS, RELEASED, RELEASES]
    return {cell: found.path for cell, found in manifest.load_cells(root, assets=looked_up).items()}


def chosen_cells(root: Root, stored: Iterable[Cell], key: str, years: Sequence[int], listener: Listener | None) -> list[Cell]:
    """The stored cells of an asset in some years (none given: all), of one listener's bucket or all."""
    return sorted(
        cell
        for cell in stored
        if cell.asset == key
        and (not years or period_year(cell.period) in years)
        and (listener is None or cell.bucket in (None, root.bucket_of(listener.listener_id)))
    )


def _read(
    root: Root, stored: Mapping[Cell, str], cells: list[Cell], asset: str, wanted: Mapping[str, int | None]
) -> pl.DataFrame:
    if not cells:
        from wrapped_assets.contracts.graph import whole_graph  # an outline does not know the types

        return pl.DataFrame(schema=whole_graph().by_key[asset].schema)
    lazy = pl.scan_parquet(intact(root, [stored[cell] for cell in cells]))
    chosen = [pl.col(name) == value for name, value in wanted.items() if value is not None]
    return (lazy.filter(*chosen) if chosen else lazy).collect()


class _Names:
    """What ids are called, looked up in the catalogue of the years and buckets that are shown.

    A recording that only others heard, as one that a listener missed, in that of all buckets of these years; one that nobody need
    have heard among the year's releases.
    """

    def __init__(self, root: Root, stored: Mapping[Cell, str], shown: set[tuple[int, int | None]]) -> None:
        self._root = root
        everyone = {year for year, bucket in shown if bucket is None}
        self._paths = {
            asset: [
                path
                for cell, path in sorted(stored.items(), key=lambda item: str(item[0]))
                if cell.asset == asset and ((period_year(cell.period), cell.bucket) in shown or period_year(cell.period) in everyone)
            ]
            for asset in (_CREDITS, TRACKS, RELEASED, RELEASES)
        }
        years = {year for year, _ in shown}
        of_all = {path for cell, path in stored.items() if cell.asset == TRACKS and period_year(cell.period) in years}
        self._elsewhere = sorted(of_all - set(self._paths[TRACKS]))

    def _scan(self, asset: str) -> pl.LazyFrame | None:
        return pl.scan_parquet(intact(self._root, self._paths[asset])) if self._paths[asset] else None

    def of_recordings(self, ids: pl.LazyFrame) -> pl.LazyFrame | None:
        """recording_id, recording_name, artist_name; of several spellings one that came with an id, then as `best_spelling` chooses."""
        if (tracks := self._scan(TRACKS)) is None:
            return None
        found = _best_spellings(tracks, ids)
        missing = ids.drop_nulls().collect().join(found, on="recording_id", how="anti")
        if missing.height and self._elsewhere:
            found = pl.concat([found, _best_spellings(pl.scan_parquet(intact(self._root, self._elsewhere)), missing.lazy())])
        if missing.height:
            known = (intact(self._root, self._paths[asset]) for asset in (RELEASED, RELEASES))
            found = filled_in(found, of_releases(*known, missing["recording_id"]))
        return found.lazy()

    def of_release_groups(self, ids: pl.LazyFrame) -> pl.LazyFrame | None:
        """release_group_id, release_group_name, artist_name (the primary artist)."""
        if (tracks := self._scan(TRACKS)) is None:
            return None
        kept = tracks.join(ids, on="release_group_id", how="semi").with_columns(artist_name=pl.col("artist_names").list.first())
        names = {name: best_spelling(pl.col(name)) for name in ("release_group_name", "artist_name")}
        return kept.group_by("release_group_id").agg(**names)

    def of_artists(self, ids: pl.LazyFrame) -> pl.LazyFrame | None:
        """artist_id, artist_name."""
        if (artists := self._scan(_CREDITS)) is None:
            return None
        return artists.join(ids, on="artist_id", how="semi").group_by("artist_id").agg(artist_name=best_spelling(pl.col("artist_name")))

    def of_shows(self, ids: pl.LazyFrame) -> pl.LazyFrame | None:
        """show_id, show_name: podcasts and audiobooks stand in the artist's place of their episodes."""
        if (tracks := self._scan(TRACKS)) is None:
            return None
        episodes = tracks.filter(pl.col("media").is_in(("podcast", "audiobook"))).select("artist_name", show_id="artist_credit_id")
        return episodes.join(ids, on="show_id", how="semi").group_by("show_id").agg(show_name=best_spelling(pl.col("artist_name")))


def _best_spellings(tracks: pl.LazyFrame, ids: pl.LazyFrame) -> pl.DataFrame:
    kept = tracks.join(ids, on="recording_id", how="semi").with_columns(_has_no_id=HAS_NO_ID)
    best = kept.filter(pl.col("_has_no_id") == pl.col("_has_no_id").min().over("recording_id"))
    names = {name: best_spelling(pl.col(name)) for name in ("recording_name", "artist_name")}
    return best.group_by("recording_id").agg(**names).collect()


def named(frame: pl.DataFrame, names: _Names) -> pl.DataFrame:
    """The frame with each name right behind its id; ids that serve joins only are left out."""
    wanted = [
        ("recording_id", names.of_recordings, ("recording_name", "artist_name")),
        ("release_group_id", names.of_release_groups, ("release_group_name", "artist_name")),
        ("artist_id", names.of_artists, ("artist_name",)),
        ("show_id", names.of_shows, ("show_name",)),
    ]
    order = [name for name in frame.columns if name != "artist_credit_id"]
    for key, look_up, added in wanted:
        fresh = [name for name in added if name not in order]
        if key not in order or not fresh:
            continue
        found = look_up(frame.lazy().select(key).unique())
        if found is None:
            frame = frame.with_columns(pl.lit(None, pl.String).alias(name) for name in fresh)
        else:
            frame = frame.lazy().join(found.select(key, *fresh), on=key, how="left", maintain_order="left").collect()
        place = order.index(key) + 1
        order[place:place] = fresh
    for key in [name for name in order if name.endswith("_recording_id")]:  # of another part: the day's top recording
        name = key.removesuffix("_id") + "_name"
        found = names.of_recordings(frame.lazy().select(recording_id=key).unique())
        if found is not None:
            renamed = found.select(pl.col("recording_id").alias(key), pl.col("recording_name").alias(name))
            frame = frame.lazy().join(renamed, on=key, how="left", maintain_order="left").collect()
            order.insert(order.index(key) + 1, name)
    if "common_artist_id" in order:
        ids = frame.lazy().select(artist_id="common_artist_id").unique()
        if (found := names.of_artists(ids)) is not None:
            renamed = found.select(common_artist_id="artist_id", common_artist_name="artist_name")
            frame = frame.lazy().join(renamed, on="common_artist_id", how="left", maintain_order="left").collect()
            order.insert(order.index("common_artist_id") + 1, "common_artist_name")
    return frame.select(order)


def _words(frame: pl.DataFrame, declaration: Declaration) -> pl.DataFrame:
    """Words instead of the lake's small codes."""
    for name, word in (("source_code", "source"), ("kept_source_code", "kept_source"), ("outcome_code", "outcome")):
        if name in frame.columns:
            meanings = dict(enumerate(OUTCOMES)) if word == "outcome" else _sources()
            text = pl.col(name).replace_strict(meanings, default=None, return_dtype=pl.String).alias(word)
            frame = frame.with_columns(text).select(word if column == name else column for column in frame.columns)
    return frame


def _sources() -> dict[int, str]:
    from wrapped_assets.contracts.discovery import all_sources  # loads every format

    return {source.code: source.name for source in all_sources()}
