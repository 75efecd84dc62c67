"""The house rules, as tests."""

from __future__ import annotations

import ast
import graphlib
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import grimp
import polars as pl
import pytest

from wrapped_assets.vocabulary.columns import BY_NAME
from wrapped_assets_tests.commands.running import run

ROOT = Path(__file__).parents[1]
MODULES = sorted(path for package in ("wrapped_assets", "wrapped_synthesis") for path in (ROOT / package).rglob("*.py"))
BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "misc"}


@cache
def text_of(path: Path) -> str:
    """A module's source."""
    return path.read_text(encoding="utf-8")


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """Every node of a module's syntax tree; the tests share one parse."""
    return tuple(ast.walk(ast.parse(text_of(path))))


def checked(tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A tool of this environment, run over the checkout."""
    return subprocess.run([Path(sys.executable).parent / tool, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


def test_imports_go_one_way_and_only_orchestration_knows_dagster() -> None:
    found = checked("lint-imports", "--no-cache")
    assert found.returncode == 0, found.stdout[-3000:]


def test_no_two_modules_import_each_other_by_whatever_way_round() -> None:
    graph = grimp.build_graph("wrapped_assets", cache_dir=None)
    imported = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    graphlib.TopologicalSorter(imported).prepare()  # raises CycleError with the circle; imports for type checkers count too


def test_the_linter_has_nothing_to_say() -> None:
    found = checked("ruff", "check", "--no-cache", "--output-format", "concise", ".")
    assert found.returncode == 0, found.stdout[-3000:]


def test_every_module_opens_with_one_sentence_of_promise() -> None:
    opening = re.compile(r'\s*"""[^"]+?[.:](\s|""")')
    assert not [str(path.relative_to(ROOT)) for path in MODULES if not opening.match(text_of(path))]


def test_no_module_is_named_for_nothing() -> None:
    assert not [path for path in MODULES if path.stem in BANNED_NAMES or path.parent.name in BANNED_NAMES]


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    long = {str(path.relative_to(ROOT)) for path in MODULES if len(text_of(path).splitlines()) > 250}
    assert long <= {"wrapped_assets/vocabulary/columns.py"}  # a dictionary: nobody reads it from top to bottom


def test_nothing_committed_names_a_package_index_or_a_place_on_one_machine() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False).stdout.split(b"\0")
    if not tracked or not tracked[0]:
        pytest.skip("not a git checkout")
    index = rb"(?<![\w.-])(?:py[p]i|files\.python[h]osted|registry\.n[p]m|deb\.deb[i]an)\w*\.(?:org|js)"
    places = re.compile(index + rb"|(?<![\w.-])/(?:work|root)/")
    here = Path(__file__).resolve()
    texts = [ROOT / name.decode() for name in tracked if name and not name.endswith((b".png", b".zip", b".parquet"))]
    named = [str(path.relative_to(ROOT)) for path in texts if path.exists() and path.resolve() != here and places.search(path.read_bytes())]
    assert not named


def test_nothing_is_pickled_or_written_in_a_form_that_keeps_what_was_filtered_out() -> None:
    """Arrow files, pickles and serialised frames keep whole buffers: rows that a filter took away may stay in them."""
    modules = {"pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}
    calls = {"write_ipc", "write_ipc_stream", "sink_ipc", "write_avro", "write_delta", "serialize", "write_feather"}
    for path in MODULES:
        for node in nodes_of(path):
            if isinstance(node, ast.Import | ast.ImportFrom):
                named = {getattr(node, "module", None) or ""} | {each.name for each in node.names}
                assert not {name.partition(".")[0] for name in named} & modules, path
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not ast.unparse(node.func.value).endswith(".meta"):
                assert node.func.attr not in calls, f"{path}:{node.lineno}"


def test_frames_are_stored_by_the_writers_that_are_known() -> None:
    """Others could leave files that an erasure does not know."""
    # Lake and landing; the lake's small cells, in memory; catalogue; what somebody asked for; temporary files without a name.
    writers = {"storage/files.py", "storage/frame_files.py", "storage/known_parts.py", "serving/formats.py", "storage/spool.py"}
    writers.add("storage/rows_by_range.py")
    found = {
        path.relative_to(ROOT / "wrapped_assets").as_posix()
        for path in MODULES
        if path.is_relative_to(ROOT / "wrapped_assets")
        for node in nodes_of(path)
        if isinstance(node, ast.Attribute) and node.attr in ("write_parquet", "sink_parquet", "write_ndjson", "sink_csv", "write_database")
    }
    assert found == writers


READERS = {"scan_parquet", "read_parquet", "read_parquet_schema", "read_parquet_metadata", "ParquetFile", "read_table"}
# Functions that read Parquet and compare no bytes, and why they need not.
UNCOMPARED = {
    "building/linking.py:_read": "the two paths come from intact, or were just written",
    "rights/public_texts.py:_values": "only tells what is public; a damaged file tells nothing",
    "rights/residue.py:_in_parquet": "looks for people in every byte, whole or not",
    "serving/released.py:of_releases": "its callers give paths from intact",
    "storage/cell_notes.py:is_of": "reads whose a file is, which is part of comparing it",
    "storage/known_parts.py:_join": "written by this import, in its own working folder",
    "storage/known_parts.py:hashed": "the same",
    "storage/known_parts.py:merged": "parts of this import; the version before comes from catalogues.intact",
    "storage/lookups.py:_write_ids": "the table comes from catalogues.intact",
    "storage/lookups.py:_write_rows": "the same",
    "storage/lookups.py:present": "the same",
    "storage/lookups.py:rows": "the same",
    "storage/lookups.py:rows_by_id": "the same",
    "storage/machine_copies.py:_drop_links": "looks for people who are gone; a file with them, or a damaged one, is removed",
    "storage/rows_by_range.py:__getitem__": "the same as of a spool",
    "storage/spool.py:_piece": "a temporary file without a name, which this process alone wrote and can open",
    "storage/purging.py:_read": "looks for people, whole or not; a file with them is removed",
}


def test_whoever_reads_a_stored_table_compares_its_bytes_first() -> None:
    """Otherwise a damaged file could reach a figure: each function that reads Parquet asks for intact paths, or is listed above."""
    found = set()
    for path in MODULES:
        inside = path.relative_to(ROOT)
        if inside.parts[0] != "wrapped_assets" or inside.parts[1] == "sources":  # what somebody hands in has no recorded hash
            continue
        for function in (node for node in nodes_of(path) if isinstance(node, ast.FunctionDef)):
            called = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
            methods = {node.attr for node in called if isinstance(node, ast.Attribute)}
            names = methods | {node.id for node in called if isinstance(node, ast.Name)}
            if methods & READERS and not {"intact", "_intact", "intact_path", "is_intact"} & names:
                found.add(f"{inside.relative_to('wrapped_assets').as_posix()}:{function.name}")
    assert found == set(UNCOMPARED)


# Modules outside of `storage` that name a data root's folder, and what of this machine's own they want there. Whatever another machine
# needs goes through `Root.files` and `Root.documents` (the table in docs/scale.md).
OF_THIS_MACHINE = {
    "building/cataloguing.py": "parts of an import that runs",
    "building/dispatch.py": "parts of a figure that workers of one build compute",
    "building/over_all.py": "the same",
    "building/link_marks.py": "links between names, which are made anew from what is landed",
    "building/linking_ahead.py": "tells a worker of this machine which folder is the root's",
    "building/worker.py": "the same",
    "commands/export.py": "where a delivery is handed to whoever asked on this machine",
    "commands/status.py": "whether pages are rendered here",
    "orchestration/exporting.py": "where a delivery is handed over",
    "orchestration/mirror.py": "tells Dagster which folder is the root's",
    "orchestration/staleness.py": "a hint for the user interface",
    "privacy/pseudonyms.py": "a key, which never enters a store",
    "privacy/recalling.py": "deliveries",
    "privacy/retention.py": "deliveries",
    "privacy/snapshot.py": "what an operator put there to ask for",
    "rights/elsewhere.py": "whether an output lies in the root",
    "rights/erasing.py": "what is searched, the inbox, and the copy of the list of erasures",
    "rights/own_data/delivery.py": "deliveries",
    "rights/own_data/from_registry.py": "the inbox",
    "serving/launch/edition.py": "tells apart what is kept in memory",
    "serving/launch/load.py": "tells a server of this machine which folder is the root's",
    "serving/launch/verifying.py": "words of an error",
    "serving/rendered/answering.py": "rendered pages",
    "serving/rendered/refusals.py": "a target that would lie in the root",
    "serving/rendered/rendering.py": "rendered pages",
    "serving/rendered/shelf.py": "rendered pages",
    "serving/rendered/uploading.py": "files beside rendered pages",
    "serving/rendered/waiting.py": "what this machine saw wait",
}


def test_what_another_machine_needs_is_reached_through_two_interfaces_alone() -> None:
    """It may lie in an object store: a path below the root says nothing of where."""
    named = re.compile(r"\broot\.path\b")
    inside = (path for path in MODULES if path.is_relative_to(ROOT / "wrapped_assets"))
    found = {path.relative_to(ROOT / "wrapped_assets").as_posix() for path in inside if named.search(text_of(path))}
    assert {each for each in found if not each.startswith("storage/")} == OF_THIS_MACHINE.keys()


def test_every_kind_of_file_that_is_stored_or_of_the_machine_stands_in_the_table() -> None:
    """Whoever adds a folder to a root says in docs/scale.md where it lies with a store."""
    from wrapped_assets.storage.documents import TOPS
    from wrapped_assets.storage.stored_files import FOLDERS

    text = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    table = text[text.index("### What lies where") : text.index("| What goes wrong")]
    assert not [name for name in (*FOLDERS, *TOPS) if f"`{name}" not in table]


def test_there_is_one_way_to_write_a_file_whole() -> None:
    """Others would forget one of: a hidden name meanwhile, the owner's eyes only, the disk before the name, nothing left after an error."""
    elsewhere = {
        "sources/databases.py",  # a database in a zip, copied for SQLite to open and gone behind the reading
        "privacy/staged_files.py",  # files of a folder that is hashed, and renamed as a whole
        "acceleration/kept.py",  # hashes of compiled files in a folder that gets its name when it is complete
        "faces/fontconfig.py",  # a configuration in a temporary folder
        "library/excerpts.py",  # a WAV in memory
        "commands/options.py",  # a device or a pipe that somebody names, which stays what it is
        "stories/browsing.py",  # a page in a temporary folder, for the browser that draws it
    }
    written = {"write_bytes", "write_text", "touch", "link", "symlink_to", "mkstemp", "NamedTemporaryFile"}
    found = {
        path.relative_to(ROOT / "wrapped_assets").as_posix(): node.lineno
        for path in MODULES
        if path.is_relative_to(ROOT / "wrapped_assets")
        for node in nodes_of(path)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr in written or (node.func.attr in ("open", "fdopen") and {"w", "wb", "a", "x", "xb"} & literals(node))
    }
    assert found.keys() <= {"storage/whole_files.py", "storage/sweep.py"} | elsewhere, found


def test_a_command_that_writes_a_file_says_whom_it_is_about() -> None:
    """An erasure lists what was written elsewhere about somebody; `of=None` is for what names nobody."""
    unsaid = [
        f"{path.name}:{node.lineno}"
        for path in sorted((ROOT / "wrapped_assets" / "commands").glob("*.py"))
        for node in nodes_of(path)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "emit" and len(node.args) > 1
        if "of" not in {keyword.arg for keyword in node.keywords}
    ]
    assert unsaid == []


def literals(call: ast.Call) -> set[object]:
    """The texts among a call's arguments."""
    return {each.value for each in [*call.args, *(keyword.value for keyword in call.keywords)] if isinstance(each, ast.Constant)}


def test_no_stored_column_keeps_a_dictionary_of_values() -> None:
    """The categories of an Enum stand in a file's schema, also those of rows that are gone."""
    assert not [name for name, column in BY_NAME.items() if isinstance(column.dtype, pl.Enum | pl.Categorical)]


def test_what_a_service_installs_holds_no_invented_people() -> None:
    from setuptools import find_packages

    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]
    packages = find_packages(str(ROOT), **settings)
    assert "wrapped_assets.rights" in packages
    assert {name.partition(".")[0] for name in packages} == {"wrapped_assets"}


def test_an_installation_without_invented_people_says_where_to_find_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wrapped_synthesis", None)
    found = run(tmp_path, "synth", "--household", "--out", tmp_path / "out", code=2)
    assert "run the command from a checkout" in found.stderr
    assert not (tmp_path / "out").exists()
