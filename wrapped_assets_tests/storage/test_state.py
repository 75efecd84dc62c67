"""`state_of` says that a database is as it was only where nobody, this connection included, has changed it."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from wrapped_assets.storage import tables
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.transactions import exclusive, snapshot, state_of


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root.open_or_make(tmp_path / "root", 1)


def _change(engine: sa.Engine, fingerprint: str) -> None:
    with exclusive(engine) as connection:
        connection.execute(sa.insert(tables.logics), {"fingerprint": fingerprint, "parts": {}})


def _state(root: Root) -> object:
    with snapshot(root.engine) as connection:
        return state_of(connection)


def test_where_nothing_changes_the_state_stays(root: Root) -> None:
    before = _state(root)
    with exclusive(root.engine) as connection:
        assert state_of(connection) == before
    assert _state(root) == before


@pytest.mark.parametrize("is_own", [True, False], ids=["by this process", "by another"])
def test_every_change_is_another_state(root: Root, is_own: bool) -> None:
    engine = root.engine if is_own else Root.open(root.path).engine
    seen = [_state(root)]
    for fingerprint in ("a", "b"):
        _change(engine, fingerprint)
        seen.append(_state(root))
    assert len(set(seen)) == 3


def test_a_snapshot_keeps_its_state_until_it_ends(root: Root) -> None:
    with snapshot(root.engine) as connection:
        connection.execute(sa.select(tables.logics)).all()
        before = state_of(connection)
        _change(Root.open(root.path).engine, "a")
        assert state_of(connection) == before
    assert _state(root) != before
