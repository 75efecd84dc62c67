"""Gathers what an artist's year is told from."""

from __future__ import annotations

from wrapped_assets.building.excluding import target_of
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import InputError, RefusedError
from wrapped_assets.contracts.kinds import MINIMUM_LISTENERS
from wrapped_assets.serving.formats import json_rows
from wrapped_assets.serving.rows import displayed, displayed_each
from wrapped_assets.storage import registry
from wrapped_assets.stories.artist_data import ArtistData
from wrapped_assets.stories.data import tellings_of


def artist_data(project: Project, name: str, year: int) -> ArtistData:
    """One artist's year, of the newest build.

    InputError where the year was not built; RefusedError where the artist has too few listeners for anything to be told, which
    is not told from one that nobody heard.
    """
    artist_id = target_of("artist", name)
    insights = [found for found in project.graph.by_key.values() if found.layer == "insights" and found.subject == "artist"]
    if displayed(project.root, project.graph, "population/edition_totals", [year]).is_empty():
        raise InputError(f"there is nothing of {year} in this data root: import its plays, then `wrapped build`")
    totals = displayed(project.root, project.graph, "insights/artist_totals", [year], artist_id=artist_id)
    if totals.is_empty():
        raise RefusedError(
            f"fewer than {MINIMUM_LISTENERS} listeners heard an artist of that name in {year}: nothing is told of an audience so small, "
            "for its figures would be about single people"
        )
    frames = displayed_each(project.root, project.graph, [found.key for found in insights], [year], artist_id=artist_id)
    rows = {found.name: json_rows(frames[found.key].drop("artist_id")) for found in insights}
    rules = registry.editions(project.root, [year])[year].rules
    return ArtistData(
        name=totals["artist_name"][0] or name, year=year, edition=str(year), rules=rules.name,
        window=(rules.window_start, rules.window_end), minimum_listeners=MINIMUM_LISTENERS, insights=rows,
        tellings=tellings_of(insights),
    )  # fmt: skip
