"""Gathers what one listener's story and playlists of other months than a year are made of, and computes what is stale of it first."""

from __future__ import annotations

import polars as pl

from wrapped_assets.building.build import Progress
from wrapped_assets.building.situate import Project
from wrapped_assets.building.spans import build_span, names_of
from wrapped_assets.contracts.asset import OF_SPAN
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.playlists.formats.contract import PlaylistData
from wrapped_assets.serving.rows import displayed, displayed_each
from wrapped_assets.serving.telling import OUTCOMES_ASSET, asset_of_playlist, counted, playlist_of, rows_without_ids
from wrapped_assets.serving.tracks import track_details
from wrapped_assets.storage.buckets import bucket_of
from wrapped_assets.storage.registry import Listener
from wrapped_assets.stories.data import Row, StoryData, tellings_of
from wrapped_assets.stories.language import language_of
from wrapped_assets.stories.spans import title_of
from wrapped_assets.vocabulary.rules import Rules
from wrapped_assets.vocabulary.spans import Span


def span_story(project: Project, listener: Listener, name: str, progress: Progress | None = None) -> StoryData:
    """One listener's months, of the newest build. What is stale of them is computed first, in the listener's bucket, and kept.

    InputError for a name that is no span, and for months before the listener's first play or after the last.
    """
    canonical, span, rules = _built(project, listener, name, progress)
    insights = [found for found in project.graph.by_key.values() if found.year.startswith("insights/") and "listener_id" in found.schema]
    if span.first == span.last:  # what goes month by month has nothing to tell of one
        insights = [found for found in insights if "month" not in found.schema]
    frames = displayed_each(project.root, project.graph, [found.key for found in insights], listener=listener, span=span)
    rows = {found.name.removesuffix(OF_SPAN): rows_without_ids(frames[found.key]) for found in insights}
    outcomes = displayed(project.root, project.graph, OUTCOMES_ASSET, _years(span), listener)
    mine = outcomes.filter(pl.col("month").is_between(pl.lit(str(span.first)), pl.lit(str(span.last))))
    if mine.is_empty() and outcomes.height:
        _refuse_beyond(canonical, span, outcomes["month"].min(), outcomes["month"].max())
    before = _a_year_earlier(project, listener, canonical, span)
    return StoryData(
        listener=listener.name, year=span.last.year, edition=canonical, rules=rules.name, window=(rules.window_start, rules.window_end),
        time_zone="UTC" if rules.clock == "utc" else listener.time_zone, counted=counted(mine.to_dicts(), rules), insights=rows,
        tellings={key.removesuffix(OF_SPAN): told for key, told in tellings_of(insights).items()},
        history_since=next((row["history_since"] for row in rows.get("discoveries", ())), None),
        span=canonical, months=span, before=before,
    )  # fmt: skip


def span_playlist(
    project: Project, playlist: str, listener: Listener, name: str, *, all_names: bool = False, progress: Progress | None = None
) -> PlaylistData:
    """A playlist of one listener's months. InputError for one that only years have, and as `span_story`."""
    declaration = asset_of_playlist(project, playlist)
    key = f"spans/{declaration.name}"
    if key not in project.graph.by_key:
        raise InputError(f"{playlist} is made of a whole year: give --year instead of --month or --span")
    canonical, span, rules = _built(project, listener, name, progress)
    frame = displayed(project.root, project.graph, key, listener=listener, span=span)
    if "month" in frame.columns:
        raise InputError(f"{playlist} has a list for each month: give --month")
    title = declaration.headline.format(year=title_of(canonical, span, language_of("en")), month="", span_number="")
    description = f"{declaration.meaning} Rules {rules.name}, {rules.window_start} to {rules.window_end}."
    details = track_details(project.root, frame["recording_id"], listener, _years(span), all_names=all_names)
    return playlist_of(frame, details, listener, (title, description), rules.window_end)


def _built(project: Project, listener: Listener, name: str, progress: Progress | None) -> tuple[str, Span, Rules]:
    (canonical,) = names_of([name])
    _, span = build_span(project, canonical, bucket_of(project.root, listener.listener_id), progress)
    assert project.seen is not None
    return canonical, span, project.seen.situation.rules_of(str(span))


def _years(span: Span) -> list[int]:
    return list(range(span.first.year, span.last.year + 1))


def _refuse_beyond(name: str, span: Span, first: str, last: str) -> None:
    if str(span.last) < first:
        raise InputError(f"{name} comes before the listener's first play")
    if last < str(span.first):
        raise InputError(f"{name} comes after the listener's last play")


def _a_year_earlier(project: Project, listener: Listener, name: str, span: Span) -> Row:
    """The listener's totals of the same months a year before, and these months; nothing where they are not known, or overlap."""
    if name == "all" or name.endswith("s") or span.first.shift(12) <= span.last:
        return {}
    earlier = Span(span.first.shift(-12), span.last.shift(-12))
    try:
        (canonical,) = names_of([str(earlier)])
        build_span(project, canonical, bucket_of(project.root, listener.listener_id))
        rows = rows_without_ids(displayed(project.root, project.graph, "spans/listening_totals", listener=listener, span=earlier))
    except InputError:
        return {}
    return rows[0] if rows else {}
