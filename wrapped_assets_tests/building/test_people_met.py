"""What an event log says of its listeners is held to the same rules as the options of a command."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from wrapped_assets.building.importing import import_paths
from wrapped_assets.building.people_met import LONGEST_NAME, Person
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.storage.registry import all_listeners, find_listener
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.small_roots import KEY

AT = 1_740_823_200_000


def log(folder: Path, people: list[dict[str, object]], *others: str) -> Path:
    """A log with a play of each listener, and the table of listeners beside it."""
    rows = [(str(person["listener"]), AT, "Eple", "Ana", 200_000) for person in people] + [(name, AT, "Eple", "Ana", 1) for name in others]
    columns = ["listener", "listened_at", "recording_name", "artist_name", "ms_played"]
    pl.DataFrame(rows, schema=columns, orient="row").write_parquet(folder / "plays.parquet")
    pl.DataFrame(people, infer_schema_length=None).write_parquet(folder / "listeners.parquet")
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Root]:
    root = Root.open_or_make(tmp_path / "root", 2, KEY)
    yield root
    root.engine.dispose()


def test_a_table_of_listeners_says_what_options_may_say(root: Root, tmp_path: Path) -> None:
    said: list[dict[str, object]] = [
        {"listener": "ana", "time_zone": "europe/lisbon", "country": "pt ", "birth_year": 1990},
        {"listener": "bo", "time_zone": "UTC", "country": "Norway", "birth_year": 19},  # 19 would pass as an adult's year of birth
        {"listener": "cy", "time_zone": None, "country": None, "birth_year": 20_150_101},
    ]
    report = import_paths(root, [log(tmp_path, said)], None)
    found = {each.name: (each.time_zone, each.country, each.birth_year) for each in all_listeners(root)}
    assert found == {"ana": ("Europe/Lisbon", "PT", 1990), "bo": ("UTC", None, None), "cy": ("UTC", None, None)}
    assert report.accepted == 3
    assert [text.partition(":")[0] for text in report.problems] == [
        "3 countries and years of birth in tables of listeners were left out"
    ]  # fmt: skip


def test_a_name_that_nobody_may_have_costs_its_rows_alone(root: Root, tmp_path: Path) -> None:
    longest = "é" * LONGEST_NAME
    people: list[dict[str, object]] = [{"listener": name} for name in ("ana", longest, "a\0b")]
    report = import_paths(root, [log(tmp_path, people, "", " \t", "c\0", longest + "é")], None)
    assert {each.name for each in all_listeners(root)} == {"ana", longest}
    assert report.rejected == {"unusable_listener": 5}
    for name in ("a\0b", " ", longest + "é"):
        with pytest.raises(InputError, match="give another name"):
            import_paths(root, [tmp_path], Person(name))


@pytest.mark.postgres
def test_postgresql_takes_any_text_of_an_export_or_a_request(postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRAPPED_REGISTRY_URL", postgres)
    root = Root.open_or_make(tmp_path / "root", 2, KEY)
    longest = "".join(chr(0x1F300 + number) for number in range(LONGEST_NAME))  # nothing to compress, four bytes each
    people: list[dict[str, object]] = [{"listener": name, "place": "Por\0to"} for name in (longest, "a\0b")]
    assert import_paths(root, [log(tmp_path, people)], None).accepted == 1
    assert find_listener(root, longest).place == "Por\ufffdto"
    with pytest.raises(InputError, match="no listener of that name"):
        find_listener(root, "a\0b")
    root.engine.dispose()
