"""The registry's schema: migrations give exactly the tables that the program uses, once, whoever opens a root first."""

from __future__ import annotations

import multiprocessing
import runpy
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from wrapped_assets.contracts.errors import WrappedError
from wrapped_assets.storage import database, new_registry, tables
from wrapped_assets.storage.database import HEAD, current_revision, engine_for, migrate
from wrapped_assets.storage.root import Root

MIGRATIONS = Path(database.__file__).parent / "migrations"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    return f"sqlite:///{tmp_path / 'registry.sqlite'}" if request.param == "sqlite" else request.getfixturevalue("postgres")


def test_the_newest_revision_is_the_one_the_program_names() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == HEAD


def test_migrations_give_the_tables_that_the_program_uses(url: str) -> None:
    engine = engine_for(url)
    migrate(engine)
    assert current_revision(engine) == HEAD
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, tables.metadata) == []
    engine.dispose()


def test_a_new_registry_is_what_all_migrations_make(tmp_path: Path) -> None:
    upgraded, made = (engine_for(f"sqlite:///{tmp_path / name}.sqlite") for name in ("upgraded", "made"))
    database.upgrade(upgraded)
    migrate(made)
    said = runpy.run_path(str(MIGRATIONS.parents[2] / "tools" / "make_registry.py"))["script"]()
    assert "".join(f"{each}\n" for each in new_registry.statements()) == said, "run python tools/make_registry.py"
    dumps = []
    for engine in (upgraded, made):
        engine.dispose()
        with closing(sqlite3.connect(engine.url.database or "")) as connection:
            dumps.append(["".join(each.split()) for each in connection.iterdump()])
    assert dumps[0] == dumps[1]


def test_migrations_spell_their_tables_out() -> None:
    for path in (MIGRATIONS / "versions").glob("0*.py"):
        assert "import metadata" not in path.read_text()
        assert "wrapped_assets" not in path.read_text()


def test_migrating_twice_is_migrating_once(url: str) -> None:
    engine = engine_for(url)
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(sa.insert(tables.settings).values(name="kept", value="yes"))
    migrate(engine)
    with engine.connect() as connection:
        assert connection.execute(sa.select(tables.settings.c.value)).scalar() == "yes"
    engine.dispose()


def test_a_schema_of_a_later_program_is_refused_with_what_to_do(url: str) -> None:
    engine = engine_for(url)
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(sa.text("update alembic_version set version_num = '9999'"))
    with pytest.raises(WrappedError, match="Update this program"):
        migrate(engine)
    engine.dispose()


def test_an_error_of_the_database_shows_no_values(url: str) -> None:
    engine = engine_for(url)
    migrate(engine)
    row = {"listener_id": 1, "name": "Planted Person", "time_zone": "UTC"}
    with pytest.raises(sa.exc.IntegrityError) as caught, engine.begin() as connection:
        connection.execute(sa.insert(tables.listeners), [row, row])
    assert "Planted" not in str(caught.value).partition("DETAIL")[0]
    engine.dispose()


def _open(address: str, barrier: multiprocessing.synchronize.Barrier, results: multiprocessing.Queue) -> None:  # type: ignore[type-arg]
    engine = engine_for(address)
    barrier.wait()
    try:
        migrate(engine)
        with engine.connect() as connection:
            results.put(connection.execute(sa.select(sa.func.count()).select_from(tables.listeners)).scalar())
    except Exception as error:
        results.put(repr(error))


def test_processes_that_open_a_new_registry_at_once_all_succeed(url: str) -> None:
    context = multiprocessing.get_context("fork")
    barrier, results = context.Barrier(4), context.Queue()
    workers = [context.Process(target=_open, args=(url, barrier, results)) for _ in range(4)]
    for worker in workers:
        worker.start()
    assert [results.get(timeout=60) for _ in workers] == [0, 0, 0, 0]
    for worker in workers:
        worker.join()


def _connect(url: str, barrier: multiprocessing.synchronize.Barrier, results: multiprocessing.Queue) -> None:  # type: ignore[type-arg]
    barrier.wait()
    try:
        with engine_for(url).connect() as connection:
            results.put(connection.execute(sa.text("pragma journal_mode")).scalar())
    except Exception as error:
        results.put(repr(error))


@pytest.mark.slow
def test_processes_that_connect_to_a_new_file_at_once_wait_for_its_journal(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    for number in range(20):  # about one time in twelve SQLite does not wait by itself
        barrier, results = context.Barrier(4), context.Queue()
        workers = [context.Process(target=_connect, args=(f"sqlite:///{tmp_path}/{number}.sqlite", barrier, results)) for _ in range(4)]
        for worker in workers:
            worker.start()
        assert [results.get(timeout=60) for _ in workers] == ["wal"] * 4
        for worker in workers:
            worker.join()


def _make(path: Path, barrier: multiprocessing.synchronize.Barrier, results: multiprocessing.Queue) -> None:  # type: ignore[type-arg]
    barrier.wait()
    try:
        results.put(Root.open_or_make(path, 2).key)
    except Exception as error:
        results.put(repr(error))


def test_processes_that_make_a_root_at_once_agree_on_its_key(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    barrier, results = context.Barrier(4), context.Queue()
    workers = [context.Process(target=_make, args=(tmp_path / "root", barrier, results)) for _ in range(4)]
    for worker in workers:
        worker.start()
    keys = {results.get(timeout=60) for _ in workers}
    for worker in workers:
        worker.join()
    assert len(keys) == 1
    assert isinstance(keys.pop(), bytes)
    assert [path.name for path in (tmp_path / "root").iterdir()] == ["root.json"]
