"""`wrapped artist` and `wrapped group`: an audience of twenty is told, a smaller one refused; a group shows only those who agreed."""

from __future__ import annotations

from pathlib import Path

import pytest

from wrapped_assets.storage.root import Root
from wrapped_assets_tests.commands.running import document, run
from wrapped_assets_tests.small_roots import KEY, import_small

OF_ARTISTS = (
    "artist_totals", "artist_recordings", "audience_months", "artist_journey", "journey_weeks", "top_listeners", "artist_moments",
    "artist_places",
)  # fmt: skip
AUDIENCE = {f"fan {n:02d}": "2025-01-03 eple/royksopp*2 walk/bo" for n in range(19)} | {"fan 19": "2025-01-04 eple/royksopp"}


@pytest.fixture(scope="module")
def audience(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root in which one artist has twenty listeners and another nineteen."""
    path = tmp_path_factory.mktemp("audience") / "root"
    import_small(Root.open_or_make(path, 2, KEY), AUDIENCE)
    run(path, "build", "--select", ",".join(f"+{name}" for name in (*OF_ARTISTS, "edition_totals", "artist_chart")))
    return path


def test_an_artist_with_twenty_listeners_is_told(audience: Path) -> None:
    told = document(audience, "artist", "Royksopp", "--year", 2025)
    assert told["insights"]["artist_totals"][0]["listen_count"] == 39
    assert told["insights"]["artist_recordings"][0]["recording_name"] == "eple"
    assert told["headlines"]["artist_totals"].replace("\N{NO-BREAK SPACE}", " ") == "20 listeners heard you 39 times."
    assert "20 listeners heard you 39 times." in run(audience, "artist", "royksopp", "--year", 2025).stdout
    german = run(audience, "artist", "royksopp", "--year", 2025, "--format", "html", "--locale", "de").stdout
    assert '<html lang="de"' in german
    assert "fan 0" not in german


def test_a_smaller_audience_is_refused_as_one_that_is_none(audience: Path) -> None:
    nineteen = run(audience, "artist", "bo", "--year", 2025, code=4)
    nobody = run(audience, "artist", "nobody at all", "--year", 2025, code=4)
    assert nineteen.stderr == nobody.stderr
    assert "fewer than 20 listeners" in nineteen.stderr
    assert nineteen.stdout == ""


def test_a_year_without_plays_is_a_wrong_input(audience: Path) -> None:
    assert "wrapped build" in run(audience, "artist", "royksopp", "--year", 2024, code=2).stderr


def test_one_artists_rows_are_shown_by_name(audience: Path) -> None:
    rows = document(audience, "show", "artist_chart", "--artist", "ROYKSOPP")
    assert [(row["chart_rank"], row["artist_name"], row["listener_count"]) for row in rows] == [(1, "royksopp", 20)]
    assert "leave --artist out" in run(audience, "show", "edition_totals", "--artist", "bo", code=2).stderr


def test_a_group_shows_the_members_who_agreed_and_counts_the_others(small: Root) -> None:
    made = document(small.path, "group", "set", "home", "--listener", "ana", "--listener", "bo", "--listener", "cy")
    assert made == {"group": "home", "members": [], "silent_count": 3}
    assert "agreed" in run(small.path, "story", "--group", "home", "--year", 2025, code=4).stderr
    for name in ("ana", "bo"):
        run(small.path, "consent", "set", name, "group", "given")
    assert document(small.path, "group", "show", "home") == {"group": "home", "members": ["ana", "bo"], "silent_count": 1}
    assert "wrapped build" in run(small.path, "story", "--group", "home", "--year", 2025, code=2).stderr
    run(small.path, "build")
    told = document(small.path, "story", "--group", "home", "--year", 2025)
    assert told["members"] == ["ana", "bo"]
    assert [{pair["one"], pair["other"]} for pair in told["overlaps"]] == [{"ana", "bo"}]
    assert told["awards"]["most_minutes"]["rows"][0]["listener"] in ("ana", "bo")
    assert "cy" not in run(small.path, "story", "--group", "home", "--year", 2025).stdout.split()
    assert "</html>" in run(small.path, "story", "--group", "home", "--year", 2025, "--format", "html").stdout


def test_who_leaves_a_group_leaves_its_story_at_once(small: Root) -> None:
    run(small.path, "group", "set", "home", "--listener", "ana", "--listener", "bo", "--listener", "cy")
    for name in ("ana", "bo", "cy"):
        run(small.path, "consent", "set", name, "group", "given")
    run(small.path, "build")
    assert document(small.path, "story", "--group", "home", "--year", 2025)["members"] == ["ana", "bo", "cy"]
    run(small.path, "consent", "set", "cy", "group", "withdrawn")
    after = document(small.path, "story", "--group", "home", "--year", 2025)
    assert after["members"] == ["ana", "bo"]
    assert all(row["listener"] != "cy" for award in after["awards"].values() for row in award["rows"])
    assert all("cy" not in (pair["one"], pair["other"]) for pair in after["overlaps"])


def test_a_story_is_of_one_listener_or_of_one_group(small: Root) -> None:
    for given in ([], ["--listener", "ana", "--group", "home"]):
        assert "--group" in run(small.path, "story", "--year", 2025, *given, code=2).stderr
    assert "no group of that name" in run(small.path, "story", "--group", "nowhere", "--year", 2025, code=2).stderr
    assert "at least two" in run(small.path, "group", "set", "home", "--listener", "ana", code=2).stderr
