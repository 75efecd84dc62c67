"""The engine has a fingerprint per stage: an edit of its code is seen in the cells that it can change, its prose is not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import wrapped_assets
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.planning.engine import STAGES, engine_parts, reached
from wrapped_assets.planning.fingerprint import fingerprint_of, logic_parts
from wrapped_assets.planning.halves import is_same_code

SCRIPT = """
import json
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.planning.engine import engine_parts
print(json.dumps({key: engine_parts(found) for key, found in project_graph().by_key.items()}))
"""
# Edits of the engine (file, text, other text), the stage that sees them, and an asset whose cells they cannot change.
EDITS = {
    "the order of rows": ("building/evaluate.py", ".sort(declaration.order)", ".sort(declaration.order, descending=True)", "computing", ""),
    "the months beside a month": ("storage/landing.py", '(-1, "is_tail"), (0, None)', "(0, None)", "landed plays", "insights/top_artists"),
    "the level of compression": ("storage/files.py", '"zstd", 1', '"zstd", 2', "writing", ""),
    "a hash of a column": ("kernels/versions.py", "SCHEME = ", "SCHEME = 1 + ", "writing", ""),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package's sources, to be edited."""
    folder = tmp_path_factory.mktemp("engine")
    shutil.copytree(Path(wrapped_assets.__file__).parent, folder / "wrapped_assets", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def _parts(folder: Path) -> str:
    around = {**os.environ, "PYTHONPATH": str(folder), "POLARS_MAX_THREADS": "1"}
    done = subprocess.run([sys.executable, "-P", "-c", SCRIPT], env=around, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("what", EDITS)
def test_an_edit_of_the_engine_is_seen_where_it_can_change_a_cell(copy: Path, what: str) -> None:
    file, one, other, stage, unconcerned = EDITS[what]
    path = copy / "wrapped_assets" / file
    text = path.read_text()
    assert one in text
    before = {key: engine_parts(found) for key, found in project_graph().by_key.items()}
    path.write_text(text.replace(one, other, 1))
    after = json.loads(_parts(copy))
    path.write_text(text)
    changed = {key for key in before if before[key] != after[key]}
    assert changed == {key for key in before if f"engine {stage}" in before[key]}
    assert unconcerned not in changed


def test_prose_of_the_engine_is_not_seen(copy: Path) -> None:
    path = copy / "wrapped_assets" / "building" / "evaluate.py"
    text = path.read_text()
    path.write_text(f"{text.replace(') -> pl.LazyFrame:', '):', 1)}\n\n# A remark.\n")
    after = json.loads(_parts(copy))
    path.write_text(text)
    assert after == {key: engine_parts(found) for key, found in project_graph().by_key.items()}


def test_every_stage_names_code_that_exists_and_concerns_an_asset() -> None:
    declarations = project_graph().by_key.values()
    for stage in STAGES:
        assert reached(stage)
        assert any(stage.concerns(declaration) for declaration in declarations)


def test_another_engine_is_told_from_other_code() -> None:
    parts = logic_parts(next(iter(project_graph().by_key.values())))
    engine = {**parts, "engine computing": "another"}
    code = {**parts, "code": "another"}
    assert fingerprint_of(engine) != fingerprint_of(parts) != fingerprint_of(code)
    assert is_same_code(fingerprint_of(engine), fingerprint_of(parts))
    assert not is_same_code(fingerprint_of(code), fingerprint_of(parts))
