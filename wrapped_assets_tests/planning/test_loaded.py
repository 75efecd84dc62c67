"""What is hashed is what the process runs: a file saved later, a stale compiled file or a replaced name never hides behind it."""

from __future__ import annotations

import os
import py_compile
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.recompute.constructs import ASSET, HEAD

SCRIPT = """
import sys
from pathlib import Path
sys.path.insert(0, {folder!r})
from wrapped_assets.contracts.errors import DeclarationError
from wrapped_assets.planning import loaded
from wrapped_assets.planning.fingerprint import logic_fingerprint
loaded.PACKAGES.add("laboratory")
import polars as pl
from laboratory.asset import totals
{then}
try:
    print(logic_fingerprint(totals))
except DeclarationError as error:
    print("refused:", error)
print(totals.function(pl.LazyFrame({{"listen_count": [10]}})).collect().item())
"""
KERNEL = "def top():\n    return {}\n"


def _package(folder: Path, number: int = 1) -> Path:
    package = folder / "laboratory"
    package.mkdir(exist_ok=True)
    (package / "__init__.py").write_text("")
    (package / "asset.py").write_text(HEAD + "from laboratory.kernels import top\n" + ASSET % "top()")
    (package / "kernels.py").write_text(KERNEL.format(number))
    return package


def _run(folder: Path, then: str = "", **environment: str) -> list[str]:
    script = SCRIPT.format(folder=str(folder), then=then)
    around = {**os.environ, "POLARS_MAX_THREADS": "1", **environment}
    done = subprocess.run([sys.executable, "-c", script], env=around, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_file_saved_after_it_was_loaded_asks_for_a_restart(tmp_path: Path) -> None:
    kernel = _package(tmp_path) / "kernels.py"
    said, value = _run(tmp_path, f"Path({str(kernel)!r}).write_text({KERNEL.format(2)!r})")
    assert "laboratory.kernels was edited" in said
    assert "restart" in said
    assert value == "11"


@pytest.mark.slow
def test_two_edits_of_one_second_and_one_size_are_two(tmp_path: Path) -> None:
    kernel = _package(tmp_path) / "kernels.py"
    os.utime(kernel, ns=(10**18, 10**18))
    first = _run(tmp_path)
    kernel.write_text(KERNEL.format(2))
    os.utime(kernel, ns=(10**18, 10**18))
    second = _run(tmp_path)
    assert first[0] != second[0]
    assert [first[1], second[1]] == ["11", "12"]


@pytest.mark.parametrize(
    ("then", "said"),
    [
        ("import laboratory.kernels as k; k.top = lambda: 2", "laboratory.kernels.top was replaced"),
        ("import laboratory.kernels as k; k.top.__code__ = (lambda: 2).__code__", "laboratory.kernels.top was replaced"),
        ("totals.function.__defaults__ = (2,)", "laboratory.asset.totals was replaced"),
        ("setattr(pl.Expr, 'sum', pl.Expr.min)", "Expr.sum is polars.expr.expr.Expr.min in this process"),
        ("import laboratory.kernels as k; vars(k.top); k.top()", ""),
    ],
)
def test_what_was_replaced_in_the_process_is_refused(tmp_path: Path, then: str, said: str) -> None:
    _package(tmp_path)
    answer = _run(tmp_path, then)[0]
    assert answer.startswith("refused") == bool(said)
    assert said in answer


@pytest.mark.slow
def test_how_python_was_started_is_no_logic(tmp_path: Path) -> None:
    _package(tmp_path)
    ways = [{"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2"}, {"PYTHONOPTIMIZE": "1"}, {"PYTHONDONTWRITEBYTECODE": "1"}]
    assert len({_run(tmp_path, **way)[0] for way in ways}) == 1


def test_python_without_docstrings_is_refused_with_words() -> None:
    script = "from wrapped_assets.contracts.graph import project_graph; project_graph()"
    done = subprocess.run([sys.executable, "-OO", "-c", script], text=True, capture_output=True, check=False)
    assert "PYTHONOPTIMIZE=2" in done.stderr


def test_a_compiled_file_that_python_would_not_compare_with_its_source_is_left_aside(tmp_path: Path) -> None:
    kernel = _package(tmp_path) / "kernels.py"
    py_compile.compile(str(kernel), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    kernel.write_text(KERNEL.format(2))
    assert _run(tmp_path)[1] == "12"


def test_a_module_that_did_not_come_from_its_source_is_refused(tmp_path: Path) -> None:
    kernel = _package(tmp_path) / "kernels.py"
    py_compile.compile(str(kernel), cfile=str(kernel.with_name("kernels.pyc")))
    kernel.rename(tmp_path / "aside.py")
    then = f"Path({str(tmp_path / 'aside.py')!r}).rename({str(kernel)!r})"
    said = _run(tmp_path, then)[0]
    assert said.startswith("refused:")
    assert "not loaded from its source" in said
