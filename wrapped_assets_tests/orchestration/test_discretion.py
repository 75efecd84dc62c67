"""What Dagster keeps holds no listener's data, also after a failure whose error quotes it."""

import sqlite3

import pytest

from wrapped_assets.contracts.errors import BuildError, InputError
from wrapped_assets.orchestration import runs
from wrapped_assets.orchestration.backfill import backfill
from wrapped_assets.orchestration.facts import discreetly, metadata
from wrapped_assets.orchestration.ui import refresh
from wrapped_assets.storage.registry import all_listeners
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.orchestration.conftest import NAMES, TITLES


@pytest.mark.slow
def test_dagsters_storage_holds_no_name_title_or_surrogate(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = [text.encode() for text in (*NAMES, *TITLES, "Some Release", "Artist 1")]
    secrets += [str(person.listener_id).encode() for person in all_listeners(root)]
    assert all(run.success for run in backfill(root.path, ["listens", "top_artists"], "2024-03", "2024-04"))

    def failing(*_: object, **__: object) -> None:
        try:
            raise ValueError(f"cannot cast {TITLES[0]} of {NAMES[0]}")
        except ValueError as error:
            raise KeyError(f"row {secrets!r}") from error

    monkeypatch.setattr(runs, "build_partitions", failing)
    assert not backfill(root.path, ["listens"], "2024-03", "2024-03")[-1].success
    monkeypatch.undo()
    refresh(root.path)
    kept = b""
    for path in sorted((root.path / "dagster").rglob("*")):
        if path.suffix == ".db":  # what a log still holds is written into the file first
            with sqlite3.connect(path) as connection:
                connection.execute("pragma wal_checkpoint(truncate)")
        kept += path.read_bytes() if path.is_file() else b""
    assert b"KeyError" in kept
    assert b"listens/listens" in kept
    assert not [text for text in secrets if text in kept]


@pytest.mark.parametrize("fact", ["Wilhelmina", "a b", True, None, ["x"], {"x": 1}, "data 1; Tove"])
def test_a_fact_is_a_number_a_known_word_or_a_digest(fact: object) -> None:
    with pytest.raises((ValueError, TypeError)) as refusal:
        metadata({"reasons": fact})  # type: ignore[dict-item]
    assert str(fact) not in str(refusal.value)


def test_numbers_reasons_and_digests_are_facts() -> None:
    assert set(metadata({"rows": 3, "seconds": 0.25, "reasons": "data 2, missing 1", "fingerprint": "0" * 32})) == {
        "rows", "seconds", "reasons", "fingerprint"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("Tove"), "ValueError"),
        (BuildError("aggregates/x: 3 nulls in the grain"), "3 nulls"),
        (InputError("no data root at /home/tove/data: import first"), "no data root at the data root"),
    ],
)
def test_an_error_is_told_by_kind_and_carries_nothing_along(error: Exception, said: str) -> None:
    def work() -> None:
        raise error

    with pytest.raises(Exception, match="insights/x") as failure:
        discreetly("insights/x", work)
    assert said in str(failure.value)
    assert "ove" not in str(failure.value)
    assert failure.value.__context__ is None
    assert failure.value.__cause__ is None
