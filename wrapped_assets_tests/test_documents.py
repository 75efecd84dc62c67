"""Every command that a document states is typed here, in the order of the documents, in one folder."""

from __future__ import annotations

import ast
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from tools.operators_day import edit, steps
from wrapped_assets.cli import main

ROOT = Path(__file__).parents[1]
DOCUMENTS = ("README.md", "docs/scale.md", "docs/recompute.md", "docs/operations.md", "docs/launch.md", "docs/privacy.md")
# Servers, which tests of their own start; and what sets up a machine, which the continuous integration runs.
STARTS_A_SERVER = re.compile(r"^wrapped (ui|serve)\b")
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def commands(document: str) -> list[str]:
    """The `wrapped` commands of a document's shell blocks, and what puts files in place; comments and continuations undone."""
    blocks = BLOCK.findall((ROOT / document).read_text(encoding="utf-8"))
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    stated = [line.split(" #")[0].strip() for line in lines]
    return [line for line in stated if line.startswith(("wrapped ", "mkdir ")) and not STARTS_A_SERVER.match(line)]


def linked_files(document: str) -> list[Path]:
    """The files that a document links to or shows."""
    prose = re.sub(r"```.*?```", "", (ROOT / document).read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)#\s]+)", prose)
    return [(ROOT / document).parent / target for target in targets if "://" not in target]


@pytest.mark.parametrize("document", [*DOCUMENTS, "ARCHITECTURE.md", "docs/threat_model.md", "docs/extending.md", "docs/kubernetes.md"])
def test_every_link_of_a_document_leads_somewhere(document: str) -> None:
    assert not [target for target in linked_files(document) if not target.exists()]


def test_every_test_that_the_threat_model_names_is_there() -> None:
    named = set(re.findall(r"`([\w/]*test_\w+\.py)`", (ROOT / "docs" / "threat_model.md").read_text(encoding="utf-8")))
    assert len(named) > 15
    assert not [name for name in named if not (ROOT / "wrapped_assets_tests" / name).exists()]


def test_every_command_of_the_documents_works_as_stated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WRAPPED_DATA", raising=False)
    shutil.copy(ROOT / "data" / "household" / "mira" / "my_spotify_data_extended.zip", "my_spotify_data.zip")
    shutil.copy(ROOT / "data" / "household" / "consents.csv", "consents.csv")
    stated = [command for document in DOCUMENTS for command in commands(document)]
    assert len(stated) > 15
    for command in stated:
        if command.startswith("wrapped publish"):  # refused while anything is stale; the document builds first, in words
            CliRunner().invoke(main, ["build"])
        if not command.startswith("wrapped "):
            subprocess.run(["sh", "-euc", command], check=True)
            continue
        found = CliRunner().invoke(main, shlex.split(command)[1:])
        assert found.exit_code == 0, f"{command}\n{found.output}\n{found.exception!r}"


def test_every_edit_of_the_operators_day_applies_to_the_insight_as_it_is(tmp_path: Path) -> None:
    insight = Path("wrapped_assets/insights/listener/top_artists.py")
    copy = tmp_path / insight
    copy.parent.mkdir(parents=True)
    shutil.copy(ROOT / insight, copy)
    before = ast.dump(ast.parse(copy.read_text()))
    edits = [
        change for _, step in sorted(steps((ROOT / "docs/operations.md").read_text(encoding="utf-8")).items()) for change in step.edits
    ]
    codes = []
    for change in edits:
        edit(tmp_path, change)
        codes.append(ast.dump(ast.parse(copy.read_text())))
    assert codes[0] == before  # the comment
    assert len({*codes}) == len(codes) == 5


def test_every_picture_is_shown_and_every_screenshot_is_made_by_the_script() -> None:
    shown = {path.resolve() for document in DOCUMENTS for path in linked_files(document) if path.suffix in (".png", ".svg")}
    pictures = set((ROOT / "docs" / "images").iterdir())
    assert pictures == shown
    script = "".join(
        path.read_text(encoding="utf-8") for folder in ("tools", "benchmarks") for path in sorted((ROOT / folder).glob("*.py"))
    )
    assert [path.name for path in pictures if path.suffix == ".png" and not re.search(rf'"{path.stem}(.png)?"', script)] == []
