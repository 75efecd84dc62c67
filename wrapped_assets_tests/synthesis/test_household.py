"""The bundled household is small, reproducible, and has a story to tell."""

from __future__ import annotations

import itertools
import json
import zipfile
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from wrapped_synthesis.household import HOUSEHOLD_SEED, HOUSEHOLD_YEARS, synthesise_household
from wrapped_synthesis.household_lives import JARRAH, KAEDE, LIVES, MIRA, OSKAR, Life
from wrapped_synthesis.household_music import songs
from wrapped_synthesis.household_plays import Play, plays_of

BUNDLED = Path(__file__).parents[2] / "data" / "household"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("household")
    synthesise_household(HOUSEHOLD_SEED, HOUSEHOLD_YEARS, out)
    return out


@pytest.fixture(scope="module")
def plays() -> dict[str, list[Play]]:
    music = songs()
    return {life.name: plays_of(life, music, HOUSEHOLD_SEED, HOUSEHOLD_YEARS) for life in LIVES}


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def _unpacked(folder: Path) -> dict[str, object]:
    """Members with their times for a zip: two builds of zlib may compress one text to different bytes."""
    found: dict[str, object] = {}
    for name, content in _files(folder).items():
        if name.endswith(".zip"):
            with zipfile.ZipFile(folder / name) as archive:
                found[name] = [(entry.filename, entry.date_time, archive.read(entry)) for entry in archive.infolist()]
        else:
            found[name] = content
    return found


def _local_date(play: Play, life: Life) -> date:
    return datetime.fromtimestamp(play.listened_at_ms / 1000, ZoneInfo(life.time_zone)).date()


def test_making_the_household_again_gives_the_same_bytes(made: Path, tmp_path: Path) -> None:
    synthesise_household(HOUSEHOLD_SEED, HOUSEHOLD_YEARS, tmp_path)
    assert _files(tmp_path) == _files(made)


def test_the_bundled_files_are_the_ones_that_are_made_today(made: Path) -> None:
    assert _unpacked(BUNDLED) == _unpacked(made)


def test_another_seed_makes_another_household(made: Path, tmp_path: Path) -> None:
    synthesise_household(HOUSEHOLD_SEED + 1, HOUSEHOLD_YEARS, tmp_path)
    assert _unpacked(tmp_path) != _unpacked(made)


def test_the_household_is_smaller_than_a_megabyte_and_has_thousands_of_plays(plays: dict[str, list[Play]]) -> None:
    assert sum(map(len, _files(BUNDLED).values())) < 1_000_000
    assert 6_000 <= sum(map(len, plays.values())) <= 9_000


def test_every_listener_is_registered_with_files_that_exist() -> None:
    register = json.loads((BUNDLED / "household.json").read_bytes())
    assert [listener["name"] for listener in register["listeners"]] == [life.name for life in LIVES]
    for listener in register["listeners"]:
        ZoneInfo(listener["time_zone"])
        assert listener["files"]
        assert all((BUNDLED / name).exists() for name in listener["files"])


def test_one_household_needs_a_year_before(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="two or more years"):
        synthesise_household(HOUSEHOLD_SEED, [2025], tmp_path)


def test_no_plays_overlap(plays: dict[str, list[Play]]) -> None:
    for of_listener in plays.values():
        assert all(before.ended_at_ms <= after.listened_at_ms for before, after in itertools.pairwise(of_listener))


def test_the_summer_has_a_favourite(plays: dict[str, list[Play]]) -> None:
    summer = Counter(
        play.song.title for play in plays[MIRA.name] if _local_date(play, MIRA).year == 2025 and _local_date(play, MIRA).month in (6, 7, 8)
    )
    assert MIRA.summer is not None
    assert summer.most_common(1)[0][0] == MIRA.summer[1]


@pytest.mark.parametrize("life", [MIRA, JARRAH, KAEDE], ids=lambda life: life.name)
def test_a_streak_a_day_on_repeat_a_comeback_and_discoveries_are_there(life: Life, plays: dict[str, list[Play]]) -> None:
    listens = [play for play in plays[life.name] if play.ms_played >= 30_000]
    days = {_local_date(play, life) for play in listens}
    assert life.streak is not None
    assert life.on_repeat is not None
    first, last = (date(2025, *day) for day in life.streak)
    assert all(first + timedelta(days=number) in days for number in range((last - first).days + 1))
    (month, day), _, title, times = life.on_repeat
    assert sum(play.song.title == title and _local_date(play, life) == date(2025, month, day) for play in listens) >= times
    artists_before = {play.song.artist_names[0] for play in listens if _local_date(play, life).year == 2024}
    assert not artists_before & life.discoveries.keys()
    assert life.discoveries.keys() <= {play.song.artist_names[0] for play in listens}
    returned = sorted(_local_date(play, life) for play in listens if play.song.artist_names[0] == life.comeback)
    assert max(after - before for before, after in itertools.pairwise(returned)) >= timedelta(days=365)


def test_oskar_has_three_listens_only(plays: dict[str, list[Play]]) -> None:
    assert len(plays[OSKAR.name]) == 3


def test_the_listeners_share_songs(plays: dict[str, list[Play]]) -> None:
    heard = [{play.song for play in of_listener} for of_listener in plays.values()]
    assert all(one & other for one, other in itertools.combinations(heard, 2))


def test_the_extended_form_has_the_quirks_of_real_exports() -> None:
    rows: list[dict[str, object]] = []
    with zipfile.ZipFile(BUNDLED / "mira" / "my_spotify_data_extended.zip") as archive:
        for name in archive.namelist():
            rows += json.loads(archive.read(name))
    assert all(row["platform"] is row["conn_country"] is row["ip_addr"] is None for row in rows)
    assert len({len(row) for row in rows}) == 1
    assert sum(row["episode_name"] is not None for row in rows) >= 10
    assert sum(row["incognito_mode"] is True for row in rows) == 6
    assert len(rows) - len({json.dumps(row) for row in rows}) == 1
    assert any(row["episode_name"] is None and row["master_metadata_track_name"] is None for row in rows)
    run = [len(list(group)) for skipped, group in itertools.groupby(rows, key=lambda row: row["ms_played"] == 3_000) if skipped]
    assert max(run) == 8


def test_the_short_form_repeats_the_autumn_of_the_extended_one(plays: dict[str, list[Play]]) -> None:
    with zipfile.ZipFile(BUNDLED / "mira" / "my_spotify_data.zip") as archive:
        short = json.loads(archive.read("Spotify Account Data/StreamingHistory_music_0.json"))
    ends = {datetime.fromtimestamp(play.ended_at_ms / 1000, ZoneInfo("UTC")).strftime("%Y-%m-%d %H:%M") for play in plays[MIRA.name]}
    assert len(short) > 300
    assert {row["endTime"] for row in short} <= ends
