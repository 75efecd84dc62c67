"""Fingerprints that were kept are those that would be worked out: of the very same sources, or not taken."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from wrapped_assets.building import logics
from wrapped_assets.building.outdated_imports import imports_of_other_code
from wrapped_assets.contracts.discovery import all_sources
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.planning import loaded
from wrapped_assets.planning.fingerprint import logic_parts
from wrapped_assets.planning.state import state
from wrapped_assets.storage import tables
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.small_roots import KEY, import_text

FOUND = list(project_graph().by_key.values())[:3]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    logics._state.cache_clear()
    return tmp_path


def _kept(cache: Path) -> Path:
    (path,) = cache.rglob("*.parts.json")
    return path


def test_what_was_kept_is_taken_and_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    first = logics.parts_of(FOUND)
    assert first == {declaration.key: logic_parts(declaration) for declaration in FOUND}
    monkeypatch.setattr(logics, "logic_parts", lambda declaration: pytest.fail("worked out again"))
    assert logics.parts_of(FOUND) == first


def test_a_damaged_file_is_not_taken(cache: Path) -> None:
    first = logics.parts_of(FOUND)
    path = _kept(cache)
    path.write_bytes(path.read_bytes().replace(b"library polars", b"library poodle"))
    assert logics.parts_of(FOUND) == first


def test_a_copy_of_a_declaration_is_worked_out() -> None:
    logics.parts_of(FOUND)
    other = replace(FOUND[0], columns=(replace(FOUND[0].columns[0], dtype=pl.Int8()), *FOUND[0].columns[1:]))
    assert logics.parts_of([other])[other.key] == logic_parts(other) != logic_parts(FOUND[0])


def test_other_sources_or_libraries_have_another_file(monkeypatch: pytest.MonkeyPatch) -> None:
    before = state("polars 1")
    assert state("polars 2") != before
    path = next(path for path in loaded._texts if path.endswith("ranking.py"))
    monkeypatch.setitem(loaded._texts, path, loaded._texts[path] + b"\n")
    assert state("polars 1") != before


def test_a_cache_that_cannot_be_written_costs_time_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    (tmp_path / "file").write_text("")
    assert set(logics.parts_of(FOUND)) == {declaration.key for declaration in FOUND}


def test_an_import_by_other_code_is_counted_until_it_is_imported_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Root.open_or_make(tmp_path / "root", 1, KEY)
    import_text(root, "ana", "2025-03-01 eple")
    assert imports_of_other_code(root, logics.importers) == {}
    (source,) = _sources(root)
    monkeypatch.setattr("wrapped_assets.building.importing.importer", lambda format_: {source: "another"}[format_.name])
    assert imports_of_other_code(root, lambda: {source: "another"}) == {source: 1}
    import_text(root, "ana", "2025-03-01 eple")
    assert imports_of_other_code(root, lambda: {source: "another"}) == {}


def test_each_format_has_an_importer_and_its_own_code_counts() -> None:
    found = logics.importers()
    assert found == {source.name: logics.importer(source) for source in all_sources()}
    assert set(found) == {source.name for source in all_sources()}
    modules = {source.name: loaded.named(lambda value, source=source: value is source, "") for source in all_sources()}  # type: ignore[misc]
    assert len(set(found.values())) == len({place[0] for place in modules.values() if place})


def _sources(root: Root) -> list[str]:
    with root.engine.connect() as connection:
        return list(connection.execute(sa.select(tables.imports.c.source)).scalars())
