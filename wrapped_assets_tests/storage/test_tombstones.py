"""Tombstones: an erased name is known again for ninety days, by whoever has the key; then by nobody."""

from __future__ import annotations

import shutil
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wrapped_assets.contracts.errors import WrappedError
from wrapped_assets.storage import tables
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.tombstones import FOLDER, LASTS, ROTATES, entomb, expire, suppressed
from wrapped_assets_tests.storage.registries import emptied, made
from wrapped_assets_tests.storage.registries import registry as plain_registry

__all__ = ["made", "plain_registry"]

START = datetime(2025, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def registry(plain_registry: Root) -> Root:
    """A root without tombstones and without their keys."""
    shutil.rmtree(plain_registry.path / FOLDER, ignore_errors=True)
    return plain_registry


def keys(root: Root) -> list[Path]:
    return sorted((root.path / FOLDER).iterdir())


def test_an_erased_name_and_no_other_is_suppressed_until_it_expires(registry: Root) -> None:
    assert suppressed(registry, ["ana", "bo"], START) == set()
    assert entomb(registry, "ana", "case", START) == START + LASTS
    assert suppressed(registry, ["ana", "Ana", "ana ", "bo", ""], START) == {"ana"}
    assert suppressed(registry, ["ana"], START + LASTS - MOMENT) == {"ana"}
    assert suppressed(registry, ["ana"], START + LASTS) == set()


def test_neither_the_registry_nor_the_keys_hold_the_name(registry: Root) -> None:
    entomb(registry, "Planted Person", "case", START)
    with registry.engine.connect() as connection:
        stored = str(connection.execute(sa.select(tables.tombstones)).all())
    assert "Planted" not in stored + "".join(path.read_text() for path in keys(registry))
    assert str(registry.surrogate("Planted Person")) not in stored


def test_the_same_name_has_another_token_under_the_next_key_and_both_are_known(registry: Root) -> None:
    for day in (0, 1, 30, 59, 60):
        entomb(registry, "ana", f"case{day}", START + day * DAY)
    with registry.engine.connect() as connection:
        rows = connection.execute(sa.select(tables.tombstones).order_by(tables.tombstones.c.key_generation)).all()
    assert [(row.key_generation, row.case_id) for row in rows] == [(1, "case1"), (2, "case59"), (3, "case60")]
    assert len({row.token for row in rows}) == 3
    assert suppressed(registry, ["ana"], START + 59 * DAY + LASTS) == {"ana"}


def test_a_key_is_destroyed_with_its_last_tombstone_and_not_before(registry: Root) -> None:
    entomb(registry, "ana", "one", START)
    entomb(registry, "bo", "two", START + ROTATES)
    assert expire(registry, START + LASTS - MOMENT) == 0
    assert expire(registry, START + LASTS) == 1
    assert len(keys(registry)) == 1
    assert suppressed(registry, ["ana", "bo"], START + LASTS) == {"bo"}
    assert expire(registry, START + ROTATES + LASTS) == 1
    assert keys(registry) == []
    assert suppressed(registry, ["ana", "bo"], START + ROTATES + LASTS) == set()


def test_a_lost_key_lets_nobody_in(registry: Root) -> None:
    entomb(registry, "ana", "case", START)
    keys(registry)[0].unlink()
    with pytest.raises(WrappedError, match="restore"):
        suppressed(registry, ["bo"], START)
    entomb(registry, "bo", "case", START)  # under a number of its own, never under that of the lost one
    with registry.engine.connect() as connection:
        assert sorted(connection.execute(sa.select(tables.tombstones.c.key_generation)).scalars()) == [1, 2]


def test_keys_are_for_their_owner_alone(registry: Root) -> None:
    entomb(registry, "ana", "case", START)
    assert stat.S_IMODE(keys(registry)[0].stat().st_mode) == 0o600
    assert stat.S_IMODE((registry.path / FOLDER).stat().st_mode) & 0o077 == 0


ERASURES = st.lists(st.tuples(st.sampled_from(["ana", "bo", "ŝ", "a\x1fb"]), st.integers(0, 50)), max_size=8)


@given(erasures=ERASURES, days=st.lists(st.integers(0, 60), max_size=3), asked=st.integers(0, 200))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_slow_twin_agrees_whenever_keys_rotate_and_expire(registry: Root, erasures: list, days: list[int], asked: int) -> None:
    shutil.rmtree(registry.path / FOLDER, ignore_errors=True)
    emptied(registry)
    steps = sorted([(day, name) for name, day in erasures] + [(day + 100, "") for day in days])
    for day, name in steps:
        entomb(registry, name, "case", START + day * DAY) if name else expire(registry, START + day * DAY)
    at = max([asked, *(day for day, _ in steps)])
    known = {name for name, day in erasures if at < day + LASTS.days}
    assert suppressed(registry, ["ana", "bo", "ŝ", "a\x1fb", "cy"], START + at * DAY) == known
