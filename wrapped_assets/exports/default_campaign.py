"""The campaign where nobody wrote one: the heads of the public charts, which were drawn before and cost nothing more."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from wrapped_assets.contracts.errors import RefusedError
from wrapped_assets.exports.campaign import FILE, Asked, PublicNames
from wrapped_assets.privacy.staged_files import read_table

if TYPE_CHECKING:
    from wrapped_assets.exports.campaign import Fact
    from wrapped_assets.privacy.snapshot import Snapshot

CHARTS = "exports/delivered/charts-{year}/chart_ranks.csv"
MOST_RECORDINGS, MOST_ARTISTS = 5, 3
DAYS = ((1, 1), (6, 21), (10, 1))  # New Year, the Fête de la Musique, the International Music Day


def default_facts(snapshot: Snapshot) -> list[Fact]:
    """Facts about the charts' first recordings and artists, in the year and on days of the calendar; what may not be told is left out.

    RefusedError where there are no delivered charts: what was played most is known from them only without asking listeners again.
    """
    content = snapshot.operator_files.get(CHARTS)
    if content is None:
        raise RefusedError(
            f"no campaign: write {FILE.format(year=snapshot.year)} in the data root (docs/operations.md), or deliver the charts of "
            f"{snapshot.year} into their own folder (without --out), which the default campaign is made from"
        )
    chart = read_table(content).sort(pl.col("chart_rank").cast(pl.Int64))
    names = PublicNames.of(snapshot)
    found: list[Fact] = []
    for title, artist in chart.select("recording_name", "artist_name").iter_rows():
        if len(found) < MOST_RECORDINGS:
            found += _told(Asked(id=f"fact-{len(found) + 1:02}", template="recording_in_year", recording=title, artist=artist), names)
    days = [date(snapshot.year, month, day) for month, day in DAYS]
    for artist in list(dict.fromkeys(chart["artist_name"]))[:MOST_ARTISTS]:
        found += _told(Asked(id=f"fact-{len(found) + 1:02}", template="artist_in_year", artist=artist), names)
        for day in days:
            found += _told(Asked(id=f"fact-{len(found) + 1:02}", template="artist_on_day", artist=artist, day=day), names)
    if not found:
        raise RefusedError("the charts hold nothing that a fact may be told about: write a campaign")
    return found


def _told(asked: Asked, names: PublicNames) -> list[Fact]:
    try:
        return [names.fact(asked)]
    except RefusedError:  # a topic on the deny list, or a name that several have
        return []
