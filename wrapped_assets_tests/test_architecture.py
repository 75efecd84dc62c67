"""The house rules, as tests."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "wrapped_assets").rglob("*.py"))
BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "misc"}


def checked(tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A tool of this environment, run over the checkout."""
    return subprocess.run([Path(sys.executable).parent / tool, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


def test_imports_go_one_way_and_only_orchestration_knows_dagster() -> None:
    found = checked("lint-imports", "--no-cache")
    assert found.returncode == 0, found.stdout[-3000:]


def test_the_linter_has_nothing_to_say() -> None:
    found = checked("ruff", "check", "--no-cache", "--output-format", "concise", ".")
    assert found.returncode == 0, found.stdout[-3000:]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_opens_with_one_sentence_of_promise(path: Path) -> None:
    first = path.read_text(encoding="utf-8").lstrip()
    assert first.startswith('"""'), f"{path.name} has no docstring"
    assert re.match(r'"""[^"]+?[.:](\s|""")', first), f"{path.name}: the docstring's first sentence has no end"


def test_no_module_is_named_for_nothing() -> None:
    assert not [path for path in MODULES if path.stem in BANNED_NAMES or path.parent.name in BANNED_NAMES]


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    long = {str(path.relative_to(ROOT)): lines for path in MODULES if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 250}
    assert not long


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
    kept = re.compile(r"\b(?:import (?:pickle|shelve|cloudpickle)|from (?:pickle|shelve|cloudpickle)|write_ipc|sink_ipc|write_avro)\b")
    assert not [str(path.relative_to(ROOT)) for path in MODULES if kept.search(path.read_text(encoding="utf-8"))]
