"""What a build computes does not depend on whether it reads a table of the catalogue whole or looks its rows up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from wrapped_assets.building import inputs
from wrapped_assets.building.build import build
from wrapped_assets.building.cataloguing import import_catalogue
from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.storage import lookups, manifest
from wrapped_assets.storage.lookups import Lookup
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.contracts.written import Write, write
from wrapped_assets_tests.small_roots import KEY, copied, import_small, lake_files

__all__ = ["write"]

PLAYS = {"ana": "2024-05-01 eple/cy walk/ed, 2025-05-01 moon/di", "bo": "2024-07-01 night/cy, 2025-02-01 dusk/di rain/ed"}
ARTISTS = "artist_name,country,genre_names\ncy,NO,jazz\ndi,PT,rock\ned,JP,jazz\nnobody,FR,rock\n"
RECORDINGS = "recording_name,artist_names,release_year,genre_names\neple,cy,1999,bebop\ndusk,di,2025,rock\nunheard,nobody,1950,rock\n"
ASSET = '''"""Where artists come from."""

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.vocabulary import columns as c


@declare(
    layer="catalogue", kind="year_bucket", grain=[c.artist_id], columns=[c.country],
    reads={{"artists": ([c.artist_id], "{window}"), "known_artists": [c.artist_id, c.country]}},
    lookups={{"known_artists": {{"artist_id": "artists.artist_id"}}}},
)
def {name}(artists: pl.LazyFrame, known_artists: pl.LazyFrame) -> pl.LazyFrame:
    """One artist."""
    return known_artists.join(artists, on="artist_id", how="semi").select("artist_id", "country")
'''


@pytest.fixture(scope="module")
def _known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("known")
    root = Root.open_or_make(folder / "root", 2, KEY)
    import_small(root, PLAYS)
    for number, text in enumerate((ARTISTS, RECORDINGS)):
        (folder / f"{number}.csv").write_text(text)
        assert import_catalogue(root, [folder / f"{number}.csv"]).version
    root.engine.dispose()
    return root.path


@pytest.fixture
def whole(_known: Path, tmp_path: Path) -> Iterator[Root]:
    yield from copied(_known, tmp_path / "whole")


@pytest.fixture
def looked_up(_known: Path, tmp_path: Path) -> Iterator[Root]:
    yield from copied(_known, tmp_path / "looked_up")


def look_up(patch: pytest.MonkeyPatch) -> None:
    """Rows of the smallest table are looked up."""
    patch.setattr(inputs, "ROWS_IN_MEMORY", 0)
    patch.setattr(lookups, "ROWS_LOOKED_UP", 0)


def test_a_build_that_looks_rows_up_makes_the_files_of_one_that_reads_whole_tables(
    whole: Root, looked_up: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert build(Project(whole)).failed == []
    look_up(monkeypatch)
    assert build(Project(looked_up)).failed == []
    assert list((looked_up.path / lookups.LOOKUPS).glob("*.ids")), "nothing was looked up"
    assert lake_files(looked_up) == lake_files(whole)


def countries(root: Root, name: str) -> dict[str, list[str]]:
    cells = {cell: found for cell, found in manifest.load_cells(root).items() if cell.asset == f"catalogue/{name}"}
    return {str(cell): sorted(pl.read_parquet(root.path / found.path)["country"]) for cell, found in cells.items()}


def test_two_assets_that_look_up_by_one_input_of_different_years_each_get_their_own_rows(
    whole: Root, looked_up: Root, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, window in (("this_year", "period"), ("year_before", "previous_year"), ("zz_this_year", "period")):
        graph = write(ASSET.format(name=name, window=window), "catalogue", name)
    assert build(Project(whole, graph)).failed == []
    look_up(monkeypatch)
    assert build(Project(looked_up, graph)).failed == []
    told = {name: countries(looked_up, name) for name in ("this_year", "year_before", "zz_this_year")}
    assert told == {name: countries(whole, name) for name in told}
    assert any(rows for rows in told["year_before"].values())
    assert lake_files(looked_up) == lake_files(whole)


def test_files_of_the_versions_that_editions_are_told_by_stay_and_no_others(
    looked_up: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(country: str) -> set[str]:
        """The tables of artists that have files beside them, once a build is told by one with this country."""
        (tmp_path / "artists.csv").write_text(ARTISTS.replace("NO", country))
        import_catalogue(looked_up, [tmp_path / "artists.csv"])
        assert build(Project(looked_up), full=True).failed == []
        return {path.name.split("-")[1] for path in (looked_up.path / lookups.LOOKUPS).glob("artists-*")}

    look_up(monkeypatch)
    (first,) = told("SE")
    publish_edition(Project(looked_up), 2024)
    second = told("FI") - {first}
    assert len(second) == 1
    assert told("DK") >= {first}
    assert not told("DK") & second
    monkeypatch.setattr(Lookup, "_write_ids", lambda *_: pytest.fail("a file was made again"))
    assert build(Project(looked_up), full=True).failed == []
