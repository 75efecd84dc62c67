"""Random edits of every kind, in small: each build equals a rebuild from nothing, and runs no cell without a cause."""

import random
from pathlib import Path
from typing import Any

import pytest

from benchmarks.recompute import data_edits, logic_edits, prose_edits, sequence
from benchmarks.recompute.package_copy import PackageCopy
from benchmarks.recompute.reach import assets_reaching
from benchmarks.recompute.splicing import (
    with_docstring_sentence,
    with_functions_swapped,
    with_line_at_start,
    with_renamed_local,
    with_result,
)
from benchmarks.recompute.table import table

TINY = {"listeners": 6, "listens": 400, "months": 1, "buckets": 2}
KINDS = (
    data_edits.removal, data_edits.cut_off, logic_edits.revert, logic_edits.logic_insight, logic_edits.added_column,
    logic_edits.refactor_aggregate, prose_edits.prose, data_edits.late,
)  # fmt: skip
MODULE = '''"""Module."""


def first(rows):
    """One."""
    kept = [row for row in rows]
    return kept


def second():
    return 2
'''


@pytest.mark.slow
def test_every_kind_of_edit_is_sound_and_runs_nothing_without_a_cause(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequence, "KINDS", KINDS)
    told: list[dict[str, Any]] = []
    records = sequence.run(tmp_path, len(KINDS), 5, TINY, told.append)
    assert records == told
    for record in records:
        faults = {name: record[name] for name in ("differences", "left", "without_cause", "failed") if record[name]}
        assert (record["kind"], record["what"], faults) == (record["kind"], record["what"], {})
        assert record["sound"]
    by_kind = {record["kind"]: record for record in records}
    assert by_kind["prose"]["recomputed"] == 0
    assert by_kind["refactor of an aggregate"]["changed"] == 0
    assert by_kind["logic of an insight"]["recomputed"] > 0
    assert len(table(records).splitlines()) == len(by_kind) + 3


def test_an_edited_copy_can_be_taken_back(tmp_path: Path) -> None:
    copy = PackageCopy(tmp_path)
    file = "kernels/ranking.py"
    copy.write(file, "changed")
    assert copy.edits == {file: 1}
    copy.revert(file)
    assert copy.read(file) == copy.pristine[file]
    assert copy.edits == {}


def test_what_reaches_a_helper_is_found_through_other_helpers_and_columns(tmp_path: Path) -> None:
    copy = PackageCopy(tmp_path)
    through_minutes = assets_reaching(copy, [("kernels/division.py", "divided")])
    assert {"minutes_of", "busiest_day", "edition_totals"} <= through_minutes
    assert "top_artists" not in through_minutes
    assert "longest_session" in assets_reaching(copy, [("vocabulary/columns.py", "session_minutes")])


def test_edits_of_a_function_leave_the_rest_of_its_module_as_it_is() -> None:
    assert '"""One. More."""' in with_docstring_sentence(MODULE, "first", "More.")
    assert '"""One."""\n    # why\n    kept' in with_line_at_start(MODULE, "first", "# why")
    assert "    found = (kept)\n    return found\n" in with_result(MODULE, "first", "found = {}\nreturn found")
    swapped = with_functions_swapped(MODULE)
    assert swapped is not None
    assert swapped.index("def second") < swapped.index("def first")
    renamed = with_renamed_local(MODULE, "first", random.Random(1))
    assert renamed is not None
    assert "rows" in renamed
    assert with_renamed_local(MODULE, "second", random.Random(1)) is None
