"""The transfer file is read back as written, and no cell of it is a formula."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given, settings

from wrapped_assets.kernels.formulas import without_formulas
from wrapped_assets.kernels.one_line import one_line
from wrapped_assets.playlists.formats.transfer_csv import COLUMNS, render
from wrapped_assets_tests.playlists.formats.examples import FORMULAS, MIXED, playlists

URI = re.compile(r"spotify:track:[0-9A-Za-z]{22}")


def rows_of(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


def test_a_track_has_the_columns_of_the_form() -> None:
    rendered = render(MIXED)
    first, _, third, fourth = rows_of(rendered.content)
    assert tuple(first) == COLUMNS
    assert first["Artist Name(s)"] == "Marrow & Pine;Odile Vantage"
    assert (first["Duration (ms)"], first["ISRC"], first["Album Name"]) == ("216400", "GBAYE0601498", "Paper Harbour")
    assert (third["Track URI"], fourth["Track URI"]) == ("", "")
    assert [out.position for out in rendered.left_out] == [5]


@pytest.mark.parametrize("name", FORMULAS)
def test_a_formula_becomes_text(name: str) -> None:
    assert re.search(r"(^|;)\s*'[=+\-@＝]", without_formulas(one_line(name)))


@settings(max_examples=100, deadline=None)
@given(playlist=playlists)
def test_any_name_is_read_back_and_none_is_a_formula(playlist) -> None:
    rendered = render(playlist)
    gone = [out.position for out in rendered.left_out]
    rows = rows_of(rendered.content)
    assert len(rows) + len(gone) == len(playlist.tracks)
    kept = [track for track in playlist.tracks if one_line(track.recording_name) or URI.fullmatch(track.spotify_uri or "")]
    assert [row["Track Name"] for row in rows] == [without_formulas(one_line(track.recording_name)) for track in kept]
    for cell in (cell for row in rows for cell in row.values()):
        assert not any(re.match(r"\s*[=+\-@]", part) for part in [cell, *cell.split(";")])
