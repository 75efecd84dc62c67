"""`wrapped new` writes files that keep every law, refuses names that cannot be, and writes all of them or none."""

from __future__ import annotations

import ast
import inspect
import json
import shutil
import sys
from hashlib import sha256
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner, Result

from wrapped_assets.building.proving import broken_example
from wrapped_assets.cli import main
from wrapped_assets.contracts.discovery import all_sources
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.privacy import policy
from wrapped_assets.scaffolding import scaffold as module
from wrapped_assets.scaffolding.scaffold import KINDS, PINS, RICHNESS, Scaffold, scaffold, write
from wrapped_assets.sources import richness
from wrapped_assets_tests.contracts.written import Write
from wrapped_assets_tests.contracts.written import write as written

__all__ = ["written"]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with no more than what the command changes."""
    folder = tmp_path / "checkout"
    for path in (RICHNESS, PINS):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(module.CHECKOUT / path, folder / path)
    (folder / "wrapped_assets_tests").mkdir()
    monkeypatch.setattr(module, "CHECKOUT", folder)
    return folder


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def new(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["new", *arguments])


@pytest.mark.parametrize("kind", KINDS)
def test_every_file_is_filled_in_and_python_reads_it(checkout: Path, kind: str) -> None:
    made = scaffold(kind, "faithful_songs")
    for path, content in made.files.items():
        assert b"$" not in content, path
        if path.endswith(".py"):
            assert ast.get_docstring(ast.parse(content)), path
    assert made.next
    assert any("pytest" in step for step in made.next)


@pytest.mark.parametrize(("kind", "folder"), [("insight", "insights.listener"), ("artist", "insights.artist"), ("playlist", "playlists")])
def test_a_new_asset_is_in_the_graph_is_short_and_its_example_holds(written: Write, kind: str, folder: str) -> None:
    ((path, content),) = scaffold(kind, "faithful_songs").files.items()
    graph = written(content.decode(), folder, "faithful_songs")
    assert broken_example(graph.find("faithful_songs"), graph) == ""
    assert len(content.splitlines()) <= 60
    assert path.endswith("/faithful_songs.py")


@pytest.mark.parametrize(("kind", "folder", "name"), [("source", "sources", "tunebox"), ("export", "exports", "country_figures")])
def test_the_test_of_a_new_source_or_export_passes(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str, folder: str, name: str
) -> None:
    made = {Path(path).name: content for path, content in scaffold(kind, name).files.items()}
    monkeypatch.setattr(richness, name.upper(), 29, raising=False)
    policies = tmp_path / "policies"
    shutil.copytree(policy.POLICIES, policies)
    for file in (f"{name}.yaml", "pins.json"):
        (policies / file).write_bytes(made.get(file, b"{}"))
    monkeypatch.setattr(policy, "POLICIES", policies)
    modules = {f"wrapped_assets.{folder}.{name}": made[f"{name}.py"], f"made_test_{name}": made[f"test_{name}.py"]}
    for module_name, content in modules.items():
        loaded = ModuleType(module_name)
        monkeypatch.setitem(sys.modules, module_name, loaded)
        exec(compile(content, f"{module_name}.py", "exec"), vars(loaded))
    if kind == "source":
        source = sys.modules[f"wrapped_assets.sources.{name}"].TUNEBOX
        known = all_sources()
        monkeypatch.setattr(sys.modules[f"made_test_{name}"], "all_sources", lambda: (*known, source))
    tests = [value for key, value in vars(sys.modules[f"made_test_{name}"]).items() if key.startswith("test_")]
    assert len(tests) >= 3
    for number, test in enumerate(tests):
        place = tmp_path / f"place {number}"
        test(place) if "tmp_path" in inspect.signature(test).parameters else test()


def test_a_source_gets_a_code_that_was_never_given_and_a_richness_of_its_own(checkout: Path) -> None:
    made = scaffold("source", "tunebox")
    text = made.files["wrapped_assets/sources/tunebox.py"].decode()
    assert f"code={max(source.code for source in all_sources()) + 1}," in text
    before, after = (checkout / RICHNESS).read_text(), made.files[RICHNESS].decode()
    assert after.startswith(before)
    assert "\nTUNEBOX = 29  #" in after
    assert 29 not in {source.richness for source in all_sources()}


def test_an_exports_policy_is_pinned_as_it_was_written(checkout: Path) -> None:
    made = scaffold("export", "country_figures")
    pins = json.loads(made.files[PINS])
    assert pins["country_figures"] == sha256(made.files["wrapped_assets/exports/policies/country_figures.yaml"]).hexdigest()
    assert {name: pin for name, pin in pins.items() if name != "country_figures"} == json.loads((checkout / PINS).read_text())


BAD_NAMES = {
    "Late": "cannot be a name; expected small letters", "9nights": "cannot be a name", "late-nights": "cannot be a name",
    "late__nights": "cannot be a name", "late_": "cannot be a name", "_late": "cannot be a name", "låte": "cannot be a name",
    "": "cannot be a name", "a" * 41: "at most 40 characters", "../late": "cannot be a name", "class": "is a word of Python",
    "match": "is a word of Python", "sum": "is a word of Python", "test_late": "has a meaning in the code",
    "pl": "has a meaning in the code",
    "top_artists": "is the asset insights/top_artists", "listeners": "is the asset registry/listeners", "maloja": "is the source maloja",
    "charts": "is the export charts", "own_data": "is the export own_data", "xspf": "is the playlist format xspf",
    "listen_count": "is a column of the dictionary", "genre_tree": "is the catalogue format genre_tree",
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_cannot_be_is_refused_and_nothing_is_written(checkout: Path, name: str) -> None:
    before = files_of(checkout)
    for kind in KINDS:
        found = new(kind, "--", name)
        assert found.exit_code == 2, found.output
        assert BAD_NAMES[name] in found.stderr
    assert files_of(checkout) == before


def test_a_kind_that_there_is_not_is_wrong_usage() -> None:
    found = new("song", "late_nights")
    assert found.exit_code == 2
    assert "'insight', 'artist', 'playlist', 'source', 'export'" in found.stderr


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_exists_is_never_overwritten(checkout: Path, kind: str) -> None:
    last = [path for path in scaffold(kind, "late_nights").files if "late_nights" in path][-1]
    (checkout / last).parent.mkdir(parents=True, exist_ok=True)
    (checkout / last).write_text("mine")
    before = files_of(checkout)
    found = new(kind, "late_nights")
    assert (found.exit_code, found.stderr) == (2, f"wrapped: {last} exists; choose another name, or remove it first\n")
    assert files_of(checkout) == before


def test_without_a_checkout_it_says_where_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="writes into a checkout"):
        scaffold("insight", "late_nights", tmp_path)


def test_a_disk_that_takes_only_the_first_file_is_left_as_it_was(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = scaffold("source", "tunebox")
    before = files_of(checkout)
    take, taken = module.write_whole, []

    def full(path: Path, content: bytes) -> None:
        taken.append(path)
        if len(taken) == len(made.files):
            raise OSError(28, "No space left on device")
        take(path, content)

    monkeypatch.setattr(module, "write_whole", full)
    with pytest.raises(OSError, match="No space"):
        write(Scaffold(made.files, ()))
    assert files_of(checkout) == before
