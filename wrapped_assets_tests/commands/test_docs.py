"""`wrapped docs` writes the generated pages, and says with `--check` which are stale."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from wrapped_assets.cli import main
from wrapped_assets.documentation import pages


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of docs/ that the command works on."""
    copy = tmp_path / "docs"
    copy.mkdir()
    for name in pages.pages():
        shutil.copy(pages.FOLDER / name, copy / name)
    monkeypatch.setattr(pages, "FOLDER", copy)
    return copy


def docs(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["docs", *arguments])


def test_fresh_pages_are_left_alone(folder: Path) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    for arguments in ((), ("--check",)):
        found = docs(*arguments)
        assert (found.exit_code, found.output) == (0, "The generated pages are up to date.\n")
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_a_page_that_differs_or_is_missing_is_stale_until_it_is_written(folder: Path) -> None:
    (folder / "insights.md").unlink()
    page = folder / "privacy.md"
    page.write_text(page.read_text().replace("| `charts` |", "| `chart` |"))
    found = docs("--check")
    assert found.exit_code == 3
    assert found.stderr == "".join(f"docs/{name} is stale: run `wrapped docs` and commit it\n" for name in ("insights.md", "privacy.md"))
    assert not (folder / "insights.md").exists(), "a check writes nothing"
    assert [page["stale"] for page in json.loads(docs("--check", "--json").stdout)["pages"]] == [True, False, True, False]
    assert docs().stdout == "docs/insights.md written\ndocs/privacy.md written\n"
    assert docs("--check").exit_code == 0
    assert {path.name for path in folder.iterdir()} == set(pages.pages())


def test_without_a_checkout_it_says_what_is_expected(folder: Path) -> None:
    (folder / "privacy.md").unlink()
    found = docs()
    assert found.exit_code == 2
    assert found.stderr == "wrapped: found no privacy.md in docs/: the docs are part of a checkout, so install one with `./start`\n"
