"""What is kept of the code is taken only for the very same code, and only where nobody else could have written it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from wrapped_assets.building import kept
from wrapped_assets.building.situate import Project
from wrapped_assets.planning import loaded
from wrapped_assets.planning.closure import Closures
from wrapped_assets.planning.sameness import situation_hash
from wrapped_assets.planning.situation import Situation
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.periods import Cell
from wrapped_assets.vocabulary.rules import rules_for

PACKAGE = Path(__file__).parents[2] / "wrapped_assets"
ARTISTS, RECORDINGS = "insights/listener/top_artists.py", "insights/listener/top_recordings.py"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "wrapped-assets" / "fingerprints"


def test_a_document_comes_back_as_it_was_kept_or_not_at_all(cache: Path) -> None:
    kept.keep("x", {"a": [1, "two", None]})
    path = cache / "x.json"
    whole = path.read_bytes()
    assert kept.taken("x") == {"a": [1, "two", None]}
    assert kept.taken("y") is None
    for damaged in (b"", whole[:-1], whole[:10], whole.replace(b"two", b"owt"), whole + b" ", b"\n" + whole, b"{}"):
        path.write_bytes(damaged)
        assert kept.taken("x") is None
    path.write_bytes(whole)
    assert kept.taken("x") is not None


def test_what_others_could_have_written_is_not_taken(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.keep("x", 1)
    path = cache / "x.json"
    for place, mode, back in ((path, 0o620, 0o600), (path, 0o602, 0o600), (cache, 0o770, 0o700)):
        place.chmod(mode)
        assert kept.taken("x") is None
        place.chmod(back)
    assert kept.taken("x") == 1
    shutil.copy(path, tmp_path / "elsewhere")
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    assert kept.taken("x") is None
    path.unlink()
    kept.keep("x", 1)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert kept.taken("x") is None


def test_a_folder_that_cannot_be_written_keeps_nothing_and_says_nothing(cache: Path) -> None:
    cache.parent.mkdir(parents=True)
    cache.write_text("a file")
    kept.keep("x", 1)
    assert kept.taken("x") is None


def test_many_who_keep_at_once_leave_one_whole_document(cache: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: kept.keep("x", [number] * 1000), range(40)))
    found = kept.taken("x")
    assert len(found) == 1000
    assert len(set(found)) == 1
    assert [path.name for path in cache.iterdir()] == ["x.json"]


def test_the_hash_of_a_situation_is_another_where_anything_is_that_plans_follow_from(small: Root) -> None:
    base = Project(small).situation()
    cell, stored = next(iter(base.stored.items()))
    slot, hashes = next(iter(base.landed.items()))
    others: list[Situation] = [
        replace(base, logic={**base.logic, next(iter(base.logic)): "other"}),
        replace(base, rules={**base.rules, 1999: rules_for("default", 1999)}),
        replace(base, landed={**base.landed, slot: {**hashes, "whole": "other"}}),
        replace(base, stored={each: found for each, found in base.stored.items() if each != cell}),
        replace(base, damaged=frozenset({Cell("insights/top_artists", "2025", 0)})),
        replace(base, frozen=frozenset({2025})),
        replace(base, catalogues={**base.catalogues, 1999: "other"}),
        *(
            replace(base, stored={**base.stored, cell: replace(stored, **{name: "other"})})
            for name in ("input_version", "logic", "rules", "data_version")
        ),
    ]
    found = {situation_hash(each, "code") for each in [base, *others]} | {situation_hash(base, "other code")}
    assert len(found) == len(others) + 2
    assert situation_hash(replace(base), "code") == situation_hash(base, "code")


def test_imports_that_another_version_of_their_reader_found_are_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    module, reader = "wrapped_assets.insights.listener.top_artists", str(PACKAGE / "planning/closure.py")
    monkeypatch.setitem(loaded._texts, reader, loaded.text_at(reader) + b"\n# it overlooked every import\n")
    earlier = Closures({})
    earlier.hash([module])
    overlooked = {name: (digest, list[str]()) for name, (digest, _) in earlier.imports.items()}
    assert Closures(overlooked).hash([module]) != earlier.hash([module])  # the same reader is believed
    monkeypatch.undo()
    assert Closures(overlooked).hash([module]) == Closures({}).hash([module])


def _insert(text: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(path.read_text() + text)


def _same_size_and_time(path: Path) -> None:
    """An edit that a size and a time of change would not show."""
    before = path.stat()
    text = path.read_text()
    assert "0" in text or "1" in text
    path.write_text(text.replace("1", "2", 1) if "1" in text else text.replace("0", "1", 1))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size


def _swap(package: Path) -> None:
    one, other = package / "kernels/shares.py", package / "kernels/evenness.py"
    texts = one.read_text(), other.read_text()
    other.write_text(texts[0])
    one.write_text(texts[1])


def _linked(package: Path) -> None:
    """A folder of insights behind a symbolic link."""
    real = package.parent / "real_listener"
    (package / "insights/listener").rename(real)
    (package / "insights/listener").symlink_to(real)


def _edits() -> Iterator[tuple[str, Callable[[Path], object]]]:
    """What is done to the package, one after the other; each plan is compared with one without anything kept."""
    yield "nothing", lambda p: None
    yield "nothing again", lambda p: None
    yield "a touch", lambda p: os.utime(p / ARTISTS)
    yield "a comment", lambda p: _insert("\n# a comment\n")(p / ARTISTS)
    yield "a constant added", lambda p: _insert("\n_UNUSED = 1\n")(p / ARTISTS)
    yield "one file of the same size at the same time", lambda p: _same_size_and_time(p / ARTISTS)
    yield "another of the same size at the same time", lambda p: _same_size_and_time(p / RECORDINGS)
    yield "the first as it was", lambda p: shutil.copy(PACKAGE / ARTISTS, p / ARTISTS)
    yield "the second as it was, its time too", lambda p: shutil.copy2(PACKAGE / RECORDINGS, p / RECORDINGS)
    yield "a clock set back", lambda p: (_insert("\n# later\n")(p / ARTISTS), os.utime(p / ARTISTS, (1, 1)))
    yield "a helper", lambda p: _same_size_and_time(p / "kernels/ranking.py")
    yield "the helper as it was", lambda p: shutil.copy(PACKAGE / "kernels/ranking.py", p / "kernels/ranking.py")
    yield "two files swapped", _swap
    yield "swapped back", _swap
    yield "the engine", lambda p: _same_size_and_time(p / "building/evaluate.py")
    yield "the engine as it was", lambda p: shutil.copy(PACKAGE / "building/evaluate.py", p / "building/evaluate.py")
    yield "the planner's own code", lambda p: _insert("\n# planner\n")(p / "planning/plan.py")
    yield "the rules of fingerprints", lambda p: _insert("\n# rules\n")(p / "planning/subset.py")
    yield "an importer", lambda p: _insert("\nANOTHER = 1\n")(p / "sources/lastfm_csv.py")
    yield "a file renamed", lambda p: (p / "insights/listener/night_owl.py").rename(p / "insights/listener/night_owls.py")
    yield "the name as it was", lambda p: (p / "insights/listener/night_owls.py").rename(p / "insights/listener/night_owl.py")
    yield "a file deleted", lambda p: (p / "insights/listener/night_owl.py").unlink()
    yield "the deleted file again", lambda p: shutil.copy(PACKAGE / "insights/listener/night_owl.py", p / "insights/listener/night_owl.py")
    yield "a new file that declares nothing", lambda p: (p / "insights/listener/empty.py").write_text('"""Nothing."""\n')
    yield "without it", lambda p: (p / "insights/listener/empty.py").unlink()
    yield "a new folder that hides a module", lambda p: (p / "kernels/shares").mkdir() or (p / "kernels/shares/__init__.py").write_text("")
    yield "without the folder", lambda p: shutil.rmtree(p / "kernels/shares")
    yield "broken syntax", lambda p: _insert("\ndef\n")(p / RECORDINGS)
    yield "mended", lambda p: shutil.copy(PACKAGE / RECORDINGS, p / RECORDINGS)
    yield "a folder behind a link", _linked
    yield "an edit behind the link", lambda p: _same_size_and_time(p.parent / "real_listener/top_artists.py")
    yield "a source that cannot be read as text", lambda p: (p / ARTISTS).write_bytes(b"\xff\xfe" + (p / ARTISTS).read_bytes())


@pytest.mark.slow
def test_after_every_edit_a_plan_is_as_without_anything_kept(small: Root, tmp_path: Path) -> None:
    package = tmp_path / "copy" / "wrapped_assets"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))

    def planned(kept_in: Path) -> tuple[int, object]:
        environment = {**os.environ, "PYTHONPATH": str(package.parent), "XDG_CACHE_HOME": str(kept_in)}
        code = "from wrapped_assets.cli import main; main()"
        command = [sys.executable, "-c", code, "--data", str(small.path), "plan", "--json"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=tmp_path)
        return done.returncode, json.loads(done.stdout) if done.returncode == 0 else done.stderr

    seen = set()
    for number, (what, edit) in enumerate(_edits()):
        edit(package)
        found = [planned(tmp_path / "kept") for _ in range(2)]  # what the first keeps, the second takes
        assert found[0] == found[1] == planned(tmp_path / f"fresh-{number}"), what
        seen.add(json.dumps(found[0]))
    assert len(seen) > 8
