"""docs/extending.md as it stands: its files written and its commands typed in a copy of the project, what comes out compared."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "extending.md"
BLOCK = re.compile(r"```(sh|text|python|json)\n(.*?)```", re.DOTALL)
EXIT = re.compile(r"\s+# exit (\d)$")
NUMBER = re.compile(r"[\d,.]+ s\b|\d[\d,]*")
CONFORMANCE = (
    "insights/test_every_insight.py", "test_documentation.py", "contracts/test_declarations.py", "vocabulary", "playlists",
    "sources/test_recognition.py", "sources/test_tunebox.py", "privacy/exports/test_all_exports.py",
    "privacy/exports/test_country_figures.py", "orchestration/test_definitions.py", "stories/test_order.py",
)  # fmt: skip


def copied(folder: Path) -> Path:
    """The project without its data and its history."""
    for part in ("wrapped_assets", "wrapped_assets_tests", "docs", "data", "pyproject.toml", "dagster.yaml", "workspace.yaml"):
        target = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        target(ROOT / part, folder / part)
    shutil.rmtree(folder / "data" / "home", ignore_errors=True)
    tools = folder / "tools"
    tools.mkdir()
    codes = {"wrapped": "from wrapped_assets.cli import main; main()", "pytest": "import pytest; raise SystemExit(pytest.main())"}
    for name, code in codes.items():
        (tools / name).write_text(f"#!{sys.executable}\n{code}\n")
        (tools / name).chmod(0o755)
    return folder


def typed(folder: Path, line: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(folder), "PATH": f"{folder / 'tools'}:{os.environ['PATH']}"}
    for name in ("WRAPPED_DATA", "PYTEST_ADDOPTS", "WRAPPED_SHOW_ERRORS"):
        environment.pop(name, None)
    return subprocess.run(["bash", "-c", line], cwd=folder, env=environment, capture_output=True, text=True, check=False)


def masked(text: str) -> str:
    """Without numbers, which data and machines change; file:line:column stays."""
    return NUMBER.sub("N", re.sub(r"(\.py:\d+:\d+)", lambda place: place[1].translate(str.maketrans("0123456789", "abcdefghij")), text))


@pytest.mark.slow
def test_the_newcomers_log_holds_line_by_line_and_what_it_adds_keeps_every_law(tmp_path: Path) -> None:
    folder = copied(tmp_path / "project")
    said = ""
    for kind, content in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if kind == "text":
            for line in content.splitlines():
                assert masked(line) in masked(said), f"the page says\n{line}\nand this came out:\n{said}"
            continue
        if kind in ("python", "json"):
            first, _, rest = content.partition("\n")
            (folder / first.lstrip("#/ ")).write_text(rest, encoding="utf-8")
            continue
        said = ""
        for line in content.splitlines():
            expected = EXIT.search(line)
            done = typed(folder, EXIT.sub("", line))
            said += done.stdout + done.stderr
            assert done.returncode == int(expected[1] if expected else 0), f"{line}\n{done.stdout}{done.stderr}"
    typed(folder, "sed -i 's/k_cell: 60/k_cell: 50/' wrapped_assets/exports/policies/country_figures.yaml")
    tests = " ".join(f"wrapped_assets_tests/{name}" for name in CONFORMANCE)
    linted = " ".join(new_files())
    for check in ("wrapped docs --check", f"{sys.executable} -m ruff check {linted}", f"pytest -q -p no:cacheprovider {tests}"):
        done = typed(folder, check)
        assert done.returncode == 0, f"{check}\n{done.stdout[-4000:]}{done.stderr}"


def new_files() -> list[str]:
    """The files that the page's `wrapped new` writes, as it says."""
    return re.findall(r"^wrote (\S+\.py)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
