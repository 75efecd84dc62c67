"""Tombstones: an erased name is known again for ninety days, by whoever has the key; then by nobody."""

from __future__ import annotations

import hmac
import json
import shutil
import stat
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wrapped_assets.contracts.errors import WrappedError
from wrapped_assets.storage import tables
from wrapped_assets.storage.registry import Listener, register
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.tombstone_files import FILE, KEYS, Tombstone, read_tombstones, unknown_erasures
from wrapped_assets.storage.tombstones import LASTS, ROTATES, entomb, entomb_all, erased_exactly, expire, suppressed
from wrapped_assets_tests.storage.registries import made
from wrapped_assets_tests.storage.registries import registry as plain_registry

__all__ = ["made", "plain_registry"]

START = datetime(2025, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def registry(plain_registry: Root) -> Iterator[Root]:
    """A root without tombstones and without their keys."""
    forget(plain_registry)
    yield plain_registry
    forget(plain_registry)  # the next test's registry has not heard of these erasures


def forget(root: Root) -> None:
    shutil.rmtree(root.path / KEYS, ignore_errors=True)
    (root.path / FILE).unlink(missing_ok=True)


def keys(root: Root) -> list[Path]:
    return sorted((root.path / KEYS).iterdir())


def test_an_erased_name_and_no_other_is_suppressed_until_it_expires(registry: Root) -> None:
    assert suppressed(registry, ["ana", "bo"], START) == set()
    assert entomb(registry, "ana", "case", START) == START + LASTS
    assert suppressed(registry, ["ana", "anna", "bo", ""], START) == {"ana"}
    assert suppressed(registry, ["ana"], START + LASTS - MOMENT) == {"ana"}
    assert suppressed(registry, ["ana"], START + LASTS) == set()


def test_neither_the_registry_nor_the_keys_hold_the_name(registry: Root) -> None:
    entomb(registry, "Planted Person", "case", START)
    stored = "".join(path.read_text() for path in (registry.path / FILE, *keys(registry)))
    assert "planted" not in stored.casefold()
    assert str(registry.surrogate("Planted Person")) not in stored


def test_the_same_name_has_another_token_under_the_next_key_and_both_are_known(registry: Root) -> None:
    for day in (0, 1, 30, 59, 60):
        entomb(registry, "ana", f"case{day}", START + day * DAY)
    rows = [each for each in read_tombstones(registry.path) if each.token]
    assert [(row.generation, row.case_id) for row in rows] == [(1, "case1"), (2, "case59"), (3, "case60")]
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
    assert sorted(each.generation or 0 for each in read_tombstones(registry.path)) == [1, 2]


def test_keys_are_for_their_owner_alone(registry: Root) -> None:
    entomb(registry, "ana", "case", START)
    assert stat.S_IMODE(keys(registry)[0].stat().st_mode) == 0o600
    assert stat.S_IMODE((registry.path / KEYS).stat().st_mode) & 0o077 == 0


ERASURES = st.lists(st.tuples(st.sampled_from(["ana", "bo", "ŝ", "a\x1fb"]), st.integers(0, 50)), max_size=8)


@given(erasures=ERASURES, days=st.lists(st.integers(0, 60), max_size=3), asked=st.integers(0, 200))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_slow_twin_agrees_whenever_keys_rotate_and_expire(registry: Root, erasures: list, days: list[int], asked: int) -> None:
    forget(registry)
    steps = sorted([(day, name) for name, day in erasures] + [(day + 100, "") for day in days])
    for day, name in steps:
        entomb(registry, name, "case", START + day * DAY) if name else expire(registry, START + day * DAY)
    at = max([asked, *(day for day, _ in steps)])
    known = {name for name, day in erasures if at < day + LASTS.days}
    assert suppressed(registry, ["ana", "bo", "ŝ", "a\x1fb", "cy"], START + at * DAY) == known


def spellings(name: str) -> list[str]:
    """Ways in which one name may be written."""
    return [name.upper(), name.title(), f" {name}", f"{name}  ", unicodedata.normalize("NFD", name), f"{name[:2]}\u200b{name[2:]}", name]


@pytest.mark.parametrize("name", ["zoë", "straße", "Ada Ångström", "ﬁfi", "日本 太郎"])
def test_an_erased_name_is_known_in_every_spelling_that_names_are_compared_in(registry: Root, name: str) -> None:
    entomb(registry, name, "case", START)
    assert suppressed(registry, spellings(name), START) == set(spellings(name))
    assert erased_exactly(registry, spellings(name), START) == {name}
    assert suppressed(registry, [f"{name}x"], START) == set()


def test_a_registered_listener_whose_name_only_looks_like_an_erased_one_is_another_person(registry: Root) -> None:
    register(registry, [Listener(77, "ANA")])
    entomb(registry, "Ana", "case", START)
    assert suppressed(registry, ["Ana", "ANA", "ana ", "aNA"], START) == {"Ana", "ana ", "aNA"}


def test_tombstones_that_an_older_program_kept_in_the_registry_still_hold(registry: Root) -> None:
    entomb(registry, "bo", "other", START)
    generation = json.loads(keys(registry)[0].read_text())
    token = hmac.digest(bytes.fromhex(generation["key"]), b"ana", "sha256").hex()
    row = {"token": token, "key_generation": 1, "case_id": "old", "bucket": 0, "erased_at": START, "expires_at": START + LASTS}
    (registry.path / FILE).unlink()
    with registry.engine.begin() as connection:
        connection.execute(sa.insert(tables.tombstones).values(**row))
    assert suppressed(registry, ["ana", "bo"], START) == {"ana"}
    entomb(registry, "bo", "new", START)
    assert suppressed(registry, ["ana", "bo"], START) == {"ana", "bo"}


def test_what_is_left_of_an_expired_tombstone_is_that_there_was_one(registry: Root) -> None:
    entomb_all(registry, {"one": "ana", "two": "bo"}, START)
    expire(registry, START + LASTS)
    assert read_tombstones(registry.path) == [Tombstone("one", START), Tombstone("two", START)]
    assert [each.case_id for each in unknown_erasures(registry.path, registry.engine)] == ["one", "two"]


def test_they_may_lie_elsewhere_than_what_a_restore_replaces(registry: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRAPPED_TOMBSTONES", str(tmp_path / "apart"))
    entomb(registry, "ana", "case", START)
    assert sorted(path.name for path in (tmp_path / "apart").iterdir()) == [KEYS, FILE]
    assert not (registry.path / FILE).exists()
    assert suppressed(registry, ["ana"], START) == {"ana"}


def test_a_damaged_list_lets_nobody_in(registry: Root) -> None:
    entomb(registry, "ana", "case", START)
    (registry.path / FILE).write_text("{")
    with pytest.raises(WrappedError, match="restore it from the newest backup"):
        suppressed(registry, ["bo"], START)
