"""A file of consents is on record as a whole or not at all, twice is once, and it makes nobody known."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from wrapped_assets.building.consenting import import_consents
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.storage import consents, registry, restrictions
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.commands.running import document, run

HEADER = "listener,purpose,state,valid_from"
GOOD = (
    "ana,be_found,given,2024-05-01",
    "ana,be_found,withdrawn,2024-06-01T10:00:00+02:00",
    "bo,group,given,2024-05-01T00:00:00Z",
    "cy,,restricted,2024-07-01",
)


def _file(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "consents.csv"
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def _standing(root: Root) -> dict[str, list[str]]:
    names = {person.listener_id: person.name for person in registry.all_listeners(root)}
    return {name: [names[each] for each in consents.standing(root, name, datetime.now(UTC))] for name in ("be_found", "group")}


def _events(root: Root) -> int:
    return sum(len(consents.history(root, person.listener_id)) for person in registry.all_listeners(root))


def test_what_is_said_last_counts_and_a_restriction_is_about_everything(small: Root, tmp_path: Path) -> None:
    report = import_consents(small, _file(tmp_path, *GOOD, "cy,group,given,2024-07-02"))
    assert (report.added, report.restricted, report.known_before) == (4, 1, 0)
    assert _standing(small) == {"be_found": [], "group": ["bo"]}
    assert restrictions.restriction_of(small, registry.find_listener(small, "cy").listener_id) == datetime(2024, 7, 1, tzinfo=UTC)


def test_a_second_import_adds_nothing_and_a_row_given_twice_counts_once(small: Root, tmp_path: Path) -> None:
    path = _file(tmp_path, *GOOD, GOOD[0])
    assert import_consents(small, path).added == 3
    again = import_consents(small, path)
    assert (again.added, again.restricted, again.known_before) == (0, 0, 5)
    assert _events(small) == 3


def test_rows_of_unknown_people_are_counted_and_make_nobody_known(small: Root, tmp_path: Path) -> None:
    before = registry.all_listeners(small)
    report = import_consents(small, _file(tmp_path, *GOOD, "zoe,group,given,2024-05-01"))
    assert report.unknown_listeners == 1
    assert registry.all_listeners(small) == before


@pytest.mark.parametrize(
    "row",
    [
        "ana,posters,given,2024-05-01",
        "ana,group,maybe,2024-05-01",
        "ana,group,given,yesterday",
        "ana,group,given,2024-05-01T10:00:00",
        "ana,group,given,",
        "ana,,given,2024-05-01",
        ",group,given,2024-05-01",
        "ana,group,given",
        f"ana,group,given,{datetime.now(UTC).date() + timedelta(days=3)}",
    ],
)
def test_one_row_that_makes_no_sense_leaves_everything_as_it_was(small: Root, tmp_path: Path, row: str) -> None:
    with pytest.raises(InputError) as error:
        import_consents(small, _file(tmp_path, *GOOD, row))
    assert "nothing was changed" in str(error.value)
    assert "ana" not in str(error.value)
    assert _events(small) == 0
    assert restrictions.restriction_of(small, registry.find_listener(small, "cy").listener_id) is None


def test_columns_that_are_missing_or_unknown_are_said(small: Root, tmp_path: Path) -> None:
    for header in ("listener,purpose,state", f"{HEADER},shoe_size"):
        with pytest.raises(InputError, match="expected the columns listener, purpose, state, valid_from"):
            import_consents(small, _file(tmp_path, header=header))


def test_a_parquet_file_may_have_days_instants_and_ends(small: Root, tmp_path: Path) -> None:
    path = tmp_path / "consents.parquet"
    rows = {"listener": ["ana"], "purpose": ["group"], "state": ["given"], "valid_from": [date(2024, 5, 1)]}
    pl.DataFrame({**rows, "valid_until": [datetime(2024, 6, 1, tzinfo=UTC)], "method": ["letter"]}).write_parquet(path)
    assert import_consents(small, path).added == 1
    event = consents.history(small, registry.find_listener(small, "ana").listener_id)[0]
    assert (event.valid_from, event.valid_until, event.method) == (
        datetime(2024, 5, 1, tzinfo=UTC), datetime(2024, 6, 1, tzinfo=UTC), "letter",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("column", "value"), [("purpose", True), ("purpose", [1]), ("state", b"given"), ("method", 1), ("listener", b"ana")]
)
def test_a_value_that_is_no_text_is_said(small: Root, tmp_path: Path, column: str, value: object) -> None:
    row = {"listener": "ana", "purpose": "group", "state": "given", "valid_from": date(2024, 5, 1), "method": "letter", column: value}
    pl.DataFrame([row]).write_parquet(tmp_path / "consents.parquet")
    with pytest.raises(InputError, match=f"row 1 has a {type(value).__name__} in {column}: expected a text"):
        import_consents(small, tmp_path / "consents.parquet")
    assert _events(small) == 0


def test_the_command_says_what_was_recorded_and_what_was_not(small: Root, tmp_path: Path) -> None:
    path = _file(tmp_path, *GOOD, "zoe,group,given,2024-05-01")
    assert document(small.path, "consent", "import", path) == {"added": 3, "restricted": 1, "known_before": 0, "unknown_listeners": 1}
    assert "4 rows known before" in run(small.path, "consent", "import", path).stdout
    assert "no such file" in run(small.path, "consent", "import", tmp_path / "none.csv", code=2).stderr
