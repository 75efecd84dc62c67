"""What a listener left out is listed, and taken back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wrapped_assets.storage.root import Root
from wrapped_assets_tests.commands.running import document, run
from wrapped_assets_tests.exports import spotify_file


def _listens(root: Root) -> int:
    run(root.path, "build")
    return document(root.path, "show", "listening_totals", "--year", 2025, "--listener", "cy")[0]["listen_count"]


def test_an_exclusion_is_listed_and_undone(small: Root, tmp_path: Path) -> None:
    run(small.path, "import", spotify_file(tmp_path, "2025-06-01 good*3, 2025-06-02 other*2"), "--listener", "cy")
    before = _listens(small)
    wish = ("--artist", "artist of good", "--hours", "23-06")
    assert run(small.path, "exclude", "--listener", "cy", "--list").stdout == "no exclusions\n"
    run(small.path, "exclude", "--listener", "cy", *wish)
    assert document(small.path, "exclude", "--listener", "cy", "--list") == {
        "exclusions": [{"kind": "artist", "name": "artist of good"}, {"kind": "hours", "name": "23-06"}]
    }
    assert _listens(small) < before
    run(small.path, "exclude", "--listener", "cy", "--undo", *wish)
    assert document(small.path, "exclude", "--listener", "cy", "--list") == {"exclusions": []}
    assert _listens(small) == before
    assert "--undo cannot remove it" in run(small.path, "exclude", "--listener", "cy", "--undo", *wish, code=2).stderr


@pytest.mark.slow
def test_a_kind_of_device_is_excluded_listed_and_undone_where_the_export_names_it(small: Root, tmp_path: Path) -> None:
    before = _listens(small)
    file = spotify_file(tmp_path, "2025-06-01 good*3, 2025-06-02 other*2")
    rows = json.loads(file.read_text())
    for row, platform in zip(rows, ("Partner sonos_ppc Sonos;Play1;", "ios", "Partner sonos_ppc Sonos;Move;", "", None), strict=True):
        row["platform"] = platform
    file.write_text(json.dumps(rows))
    run(small.path, "import", file, "--listener", "cy")
    assert _listens(small) == before + 5
    run(small.path, "exclude", "--listener", "cy", "--device", "speaker")
    assert _listens(small) == before + 3
    assert document(small.path, "exclude", "--listener", "cy", "--list") == {"exclusions": [{"kind": "device", "name": "speaker"}]}
    run(small.path, "exclude", "--listener", "cy", "--device", "phone")
    assert _listens(small) == before + 2
    run(small.path, "exclude", "--listener", "cy", "--undo", "--device", "speaker", "--device", "phone")
    assert _listens(small) == before + 5
    assert "one of phone, tablet" in run(small.path, "exclude", "--listener", "cy", "--device", "Sonos", code=2).stderr
    landed = b"".join(path.read_bytes() for path in (small.path / "landing").rglob("*.parquet"))
    assert b"Sonos" not in landed
    assert b"sonos" not in landed


def test_a_list_changes_nothing_and_nothing_named_is_an_error(small: Root) -> None:
    assert "--list cannot be combined" in run(small.path, "exclude", "--listener", "ana", "--list", "--artist", "x", code=2).stderr
    assert "--list shows" in run(small.path, "exclude", "--listener", "ana", code=2).stderr


@pytest.mark.slow
def test_a_genre_and_its_kinds_are_excluded_listed_and_undone(small: Root, tmp_path: Path) -> None:
    run(small.path, "import", spotify_file(tmp_path, "2025-06-01 good*3, 2025-06-02 other*2, 2025-06-03 third"), "--listener", "cy")
    before = _listens(small)
    assert "no catalogue has music of the genre" in run(small.path, "exclude", "--listener", "cy", "--genre", "noise", code=2).stderr
    (tmp_path / "genres.csv").write_text("genre_name,parent_genre_name\nnoise,\nwhite noise,noise\n")
    (tmp_path / "artists.csv").write_text("artist_name,genre_names\nartist of good,White Noise\nartist of other,rock\n")
    for name in ("genres.csv", "artists.csv"):
        run(small.path, "catalogue", "import", tmp_path / name)
    run(small.path, "exclude", "--listener", "cy", "--genre", "noise")
    assert _listens(small) == before - 3
    assert document(small.path, "exclude", "--listener", "cy", "--list") == {"exclusions": [{"kind": "genre", "name": "noise"}]}
    run(small.path, "exclude", "--listener", "cy", "--undo", "--genre", "noise")
    assert _listens(small) == before
    assert document(small.path, "exclude", "--listener", "cy", "--list") == {"exclusions": []}
