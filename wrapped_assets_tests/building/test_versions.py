"""What the registry says of people is told apart in every version: no text stands for its absence, and no two wishes cancel."""

from __future__ import annotations

from itertools import combinations

import pytest
import sqlalchemy as sa

from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.graph import EXTERNALS
from wrapped_assets.storage import registry, tables
from wrapped_assets.storage.buckets import bucket_of
from wrapped_assets.storage.root import Root


def given(root: Root, name: str) -> dict[tuple[str, int], dict[str, str]]:
    """(period, bucket) → hashes of an outside input."""
    return {
        (period, bucket): dict(hashes)
        for (asset, period, bucket), hashes in Project(root).situation().landed.items()
        if asset == EXTERNALS[name]
    }


def settled(root: Root, **values: object) -> None:
    ana = registry.find_listener(root, "ana")
    registry.register(root, [registry.Listener(**{**vars(ana), **values})])  # type: ignore[arg-type]


@pytest.mark.parametrize(("column", "field", "text"), [("place_name", "place", "None"), ("country", "country", "No")])
def test_a_text_is_not_what_stands_for_none(small: Root, column: str, field: str, text: str) -> None:
    """None is a town in Piedmont."""
    without = given(small, "profiles")
    settled(small, **{field: text})
    with_it = given(small, "profiles")
    bucket = bucket_of(small, small.surrogate("ana"))
    for (year, where), hashes in with_it.items():
        changed = {name for name in hashes if hashes[name] != without[year, where][name]}
        assert changed == ({column} if where == bucket else set()), (year, where)


@pytest.mark.slow
def test_every_set_of_wishes_has_a_version_of_its_own(small: Root) -> None:
    ana = registry.find_listener(small, "ana")
    wishes = [("artist", 1), ("artist", 2), ("recording", 1), ("recording", 12), ("artist", 12)]
    seen = {}
    for size in range(len(wishes) + 1):
        for chosen in combinations(wishes, size):
            with small.engine.begin() as connection:
                connection.execute(sa.delete(tables.exclusions))
            for kind, target in chosen:
                registry.exclude(small, ana, kind, target, "x")
            found = tuple(sorted((key, hashes["whole"]) for key, hashes in given(small, "exclusions").items()))
            assert seen.setdefault(found, chosen) == chosen
    assert len(seen) == 2 ** len(wishes)
