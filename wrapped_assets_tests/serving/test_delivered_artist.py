"""An artist's story out of a delivered export tells its rounded figures and nothing that no gate has passed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wrapped_assets.contracts.errors import InputError, RefusedError
from wrapped_assets.exports.artist_editions import ARTIST_EDITIONS, BREAKDOWNS, FANS, TOTALS
from wrapped_assets.serving.delivered_artist import delivered_artist
from wrapped_assets.stories.artist import artist_html, artist_json, artist_text
from wrapped_assets_tests.privacy.exports.test_artist_editions import crowd
from wrapped_assets_tests.privacy.exports.world import Life, World, on


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables as the export makes them, beside a report."""
    folder = tmp_path_factory.mktemp("artists")
    norwegians = crowd(43, prefix="no", country="NO", artists={"royksopp": on("05-01*3", "07-02*2")})
    lives = crowd(61) | norwegians | crowd(3, prefix="is", country="IS")
    alone = {"one": Life(artists={"bo": on("03-03*90")})} | crowd(19, "bo", "guest")
    for file, table in World(folder / "root", lives | alone).produce(ARTIST_EDITIONS).tables.items():
        table.write_csv(folder / file)
    (folder / "privacy_report.json").write_text(json.dumps({"year": 2025, "rules": "default"}))
    return folder


def test_its_numbers_are_those_of_the_export_and_called_about(delivered: Path) -> None:
    told = delivered_artist(delivered, "royksopp", 2025)
    headlines = {name: text.replace("\N{NO-BREAK SPACE}", " ") for name, text in artist_json(told)["headlines"].items()}
    assert headlines["artist_totals"] == "About 110 listeners heard you 280 times."
    assert headlines["audience_months"] == "May was your month: about 110 listeners heard you."
    assert headlines["artist_places"] == "Most at home in Portugal."
    assert "Rounded" in artist_text(told)
    assert {row["listener_count"] for row in told.rows("artist_places")} <= {60, 40, 10, 0, 50, 70}
    assert not {"artist_recordings", "artist_journey", "artist_moments"} & headlines.keys()  # no gate passes them


def test_what_one_listener_dominates_is_not_told(delivered: Path) -> None:
    told = delivered_artist(delivered, "bo", 2025)
    assert told.first("artist_totals")["listen_count"] is None
    assert "About 20 listeners heard you." in artist_text(told).replace("\N{NO-BREAK SPACE}", " ")
    assert "</html>" in artist_html(told)


def test_a_folder_that_is_no_such_export_or_tells_nothing_of_the_artist_says_so(delivered: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="wrapped export artist_editions"):
        delivered_artist(tmp_path, "royksopp", 2025)
    with pytest.raises(InputError, match="--year 2025"):
        delivered_artist(delivered, "royksopp", 2024)
    with pytest.raises(RefusedError, match="small audiences"):
        delivered_artist(delivered, "nobody at all", 2025)
    for file in (TOTALS, BREAKDOWNS, FANS):
        (tmp_path / file).write_bytes((delivered / file).read_bytes())
    with pytest.raises(InputError, match="privacy_report"):
        delivered_artist(tmp_path, "royksopp", 2025)
