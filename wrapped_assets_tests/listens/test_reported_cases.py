"""Inputs made after public bug reports: what each of them is, and that one playback is one listen in it."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import polars as pl
import pytest

from wrapped_assets.building.build import build
from wrapped_assets.building.importing import Person, import_paths
from wrapped_assets.building.situate import Project
from wrapped_assets.planning.situation import cells_of
from wrapped_assets.serving.rows import displayed
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.small_roots import KEY

CASES = Path(__file__).parents[1] / "reported_cases"
# Case → listens, recordings, artists, minutes (rounded to hundredths), names of the recordings that were heard most.
EXPECTED = {
    "feat_spellings": (9, 1, 1, 31.8, {"Blanka Ferro"}),
    "lastfm_double_scrobble_seconds_apart": (5, 2, 2, 0.0, {"Blanka Ferro", "Nadir Oz"}),
    "spotify_and_lastfm_after_a_pause": (1, 1, 1, 3.53, {"Blanka Ferro"}),
    "spotify_and_listenbrainz_mapped_names": (5, 5, 3, 17.67, {"Blanka Ferro", "The Tin"}),
    "spotify_renamed_between_exports": (3, 2, 1, 10.6, {"BLFR"}),
    "spotify_reported_again_later": (4, 2, 1, 109.75, {"Blanka Ferro"}),
    "spotify_two_forms_other_end": (7, 6, 2, 21.03, {"Mara Oduya", "Lumen Quartet"}),
    "unicode_forms": (19, 11, 10, 0.0, {"Go-Go Set"}),
}


@pytest.mark.parametrize("case", EXPECTED)
def test_a_reported_case_is_right_in_every_order_of_import(tmp_path: Path, case: str) -> None:
    files = sorted(path for path in (CASES / case).iterdir() if path.name != "expected.md")
    found = []
    for number, order in enumerate(permutations(files)):
        root = Root.open_or_make(tmp_path / str(number), 1, KEY)
        for path in order:
            import_paths(root, [path], Person("ana", "UTC"))
        project = Project(root)
        wanted = {"insights/listening_totals", "insights/top_recordings", "insights/top_artists"}
        assert build(project, lambda situation, keys=frozenset(wanted): cells_of(situation, set(keys), None)).failed == []
        totals, songs, artists = (displayed(root, project.graph, key) for key in sorted(wanted))
        found.append((totals, songs, artists))
    first = found[0]
    for other in found[1:]:
        assert all(one.equals(same) for one, same in zip(first, other, strict=True))
    totals, top_artists, top_recordings = first
    listens, recordings, artists, minutes, names = EXPECTED[case]
    row = totals.row(0, named=True)
    assert (row["listen_count"], row["recording_count"], row["artist_count"]) == (listens, recordings, artists)
    assert round(row["minutes"], 2) == minutes
    assert names <= set(top_artists["artist_name"])
    assert top_recordings["listen_count"].sum() == listens


def test_nothing_of_a_case_is_lost_in_the_audit(tmp_path: Path) -> None:
    root = Root.open_or_make(tmp_path / "root", 1, KEY)
    report = import_paths(root, [CASES / "spotify_reported_again_later"], Person("ana", "UTC"))
    project = Project(root)
    build(project, lambda situation: cells_of(situation, {"listens/duplicates"}, None))
    audit = displayed(root, project.graph, "listens/duplicates")
    assert (report.accepted, report.duplicate, audit.height) == (4, 2, 2)
    assert audit.select(pl.col("duplicate_reason").unique()).to_series().to_list() == ["overlap"]
