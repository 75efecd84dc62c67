"""`./start` says what it does, how far it is and how long it took; noise is hidden and errors are not."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PYTHON = """#!/bin/sh
case "$1 $2" in
"-m venv")
    mkdir -p "$3/bin" "$3/lib/python3/site-packages"
    printf '#!/bin/sh\\n. %s\\n' "$PIP" > "$3/bin/pip"
    printf '#!/bin/sh\\n[ "$1" = - ] || echo ran "$@"\\n' > "$3/bin/python"
    cp "$3/bin/python" "$3/bin/wrapped"
    chmod +x "$3"/bin/* ;;
*print*) echo 3.11.9 ;;
esac
"""
APT = """#!/bin/sh
[ "$1" = update ] && { echo "Reading package lists"; exit 0; }
echo "0 upgraded, 2 newly installed, 0 to remove"; echo "Unpacking a"; echo "Setting up a"
"""
DPKG = """#!/bin/sh
shift 3; for name; do printf "$name 1.0, "; done
"""
NOISE = "WARNING: Location 'file:///somewhere/simple/dagster/' is ignored: it is neither a file nor a directory."


def started(folder: Path, pip: str, *arguments: str, user: int = 1000) -> subprocess.CompletedProcess[str]:
    """`./start` in a copy, with a Python and a pip that do as the test says."""
    script = (ROOT / "start").read_text().replace("command -v chromium", "command -v a-browser-that-is-missing")
    (folder / "start").write_text(script)
    (folder / "start").chmod(0o755)
    (folder / "requirements").mkdir()
    for name in ("run.txt", "test.txt"):
        (folder / "requirements" / name).write_text(
            "".join(f"{each}==1 \\\n    --hash=sha256:0\n" for each in ("dagster", "polars", "rich"))
        )
    (folder / "programs").mkdir()
    for name, text in {"python3.11": PYTHON, "id": f"#!/bin/sh\necho {user}\n", "apt-get": APT, "dpkg-query": DPKG}.items():
        (folder / "programs" / name).write_text(text)
        (folder / "programs" / name).chmod(0o755)
    (folder / "pip").write_text(pip)
    environment = {"PATH": f"{folder / 'programs'}:{os.environ['PATH']}", "PIP": str(folder / "pip"), "HOME": str(folder)}
    return subprocess.run(["./start", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_it_names_each_step_and_its_time_and_hides_what_pip_repeats(tmp_path: Path) -> None:
    done = started(tmp_path, f"echo \"{NOISE}\"; echo Collecting dagster; echo 'WARNING: a wheel was yanked'\n", "status")
    assert (done.returncode, done.stdout) == (0, "ran status\n")
    assert re.findall(r"start: (.*) in \d+ s", done.stderr) == [
        "making the environment .venv with Python 3.11.9: done",
        "installing 3 pinned Python packages (requirements/run.txt): done",
        "reading the project's code: done",
    ]
    assert "is ignored" not in done.stderr
    assert "WARNING: a wheel was yanked" in done.stderr


def test_a_step_that_fails_shows_its_errors_and_is_tried_again_the_next_time(tmp_path: Path) -> None:
    done = started(tmp_path, f"echo \"{NOISE}\"; echo 'ERROR: no matching distribution found for polars==1' >&2; exit 1\n", "status")
    assert done.returncode != 0
    assert done.stdout == ""
    assert "ERROR: no matching distribution found for polars==1" in done.stderr
    assert "is ignored" not in done.stderr
    (tmp_path / "pip").write_text("exit 0\n")
    environment = {"PATH": f"{tmp_path / 'programs'}:{os.environ['PATH']}", "PIP": str(tmp_path / "pip"), "HOME": str(tmp_path)}
    again = subprocess.run(["./start", "status"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert (again.returncode, again.stdout) == (0, "ran status\n")


def test_whoever_is_not_root_is_told_which_tests_are_skipped_and_how_to_have_them(tmp_path: Path) -> None:
    done = started(tmp_path, "exit 0\n", "test", "-x")
    assert done.returncode == 0
    assert done.stdout == "ran -m pytest -n 3 --dist loadfile -x\n"
    assert "start: not root: these Debian packages are not installed: chromium" in done.stderr
    assert "start: tests that need one of these are skipped: chromium" in done.stderr
    assert "apt-get install chromium" in done.stderr


def test_root_is_told_which_debian_packages_were_installed(tmp_path: Path) -> None:
    done = started(tmp_path, "exit 0\n", "test", user=0)
    assert done.returncode == 0
    assert re.search(r"start: installing Debian packages: chromium.* …\n", done.stderr)
    assert re.search(r"start: installing Debian packages: chromium.*: done in \d+ s\n", done.stderr)
    assert re.search(r"start: Debian packages installed: chromium 1.0\b", done.stderr)
    assert "skipped" not in done.stderr


@pytest.mark.slow
def test_nothing_is_silent_for_more_than_five_seconds(tmp_path: Path) -> None:
    done = started(tmp_path, "echo Collecting dagster; sleep 9\n", "status")
    assert re.findall(r"start:   (\d+) s: (.*)", done.stderr) == [
        ("4", "1 of 3 packages fetched, 0 installed"),
        ("8", "1 of 3 packages fetched, 0 installed"),
    ]
