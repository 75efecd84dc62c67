"""The Dockerfile makes the image that docs/kubernetes uses, of pinned packages, for a user without rights. No engine builds it here.

Its commands are carried out as far as they need no network and no rights: in a folder in place of /opt, with this environment's packages.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).parents[1]
INSTALLING = r"-m pip install|bin/pip install"


@dataclass(frozen=True)
class Instruction:
    name: str
    text: str


def instructions() -> list[Instruction]:
    """The instructions of the Dockerfile, continued lines joined, without comments."""
    lines = [line for line in (REPOSITORY / "Dockerfile").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    found = [Instruction(*line.split(maxsplit=1)) for line in joined.splitlines()]
    assert {each.name for each in found} <= {"ARG", "FROM", "COPY", "RUN", "ENV", "USER", "WORKDIR", "CMD"}
    return found


def of(name: str) -> list[str]:
    return [each.text for each in instructions() if each.name == name]


def names(file: str) -> dict[str, str]:
    """The pinned packages of a requirements file, each with its version."""
    pins = re.findall(r"^([A-Za-z0-9._-]+)==([^ ]+)", (REPOSITORY / "requirements" / file).read_text(encoding="utf-8"), re.MULTILINE)
    return {canonicalize_name(name): version for name, version in pins}


def test_both_stages_begin_with_one_slim_python_that_the_project_allows() -> None:
    (image,) = of("ARG")
    assert re.fullmatch(r"PYTHON=python:3\.1[1-4](\.\d+)?-slim-[a-z]+(@sha256:[0-9a-f]{64})?", image)
    assert [text.split()[0] for text in of("FROM")] == ["${PYTHON}", "${PYTHON}"]


def test_packages_are_installed_by_hash_as_start_does() -> None:
    (command,) = [text for text in of("RUN") if re.search(INSTALLING, text)]
    start = (REPOSITORY / "start").read_text(encoding="utf-8")
    (options,) = re.findall(r"/bin/pip\" install (--.*) -r ", start)
    assert set(options.split()) <= set(command.split())
    assert "--no-cache-dir" in command
    files = re.search(r"for file in ([a-z ]+);", command)
    assert files
    assert {f"requirements/{name}.txt" for name in files[1].split()} == set(of("COPY")[0].split()[:-1])
    for name in files[1].split():
        text = (REPOSITORY / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
        assert all(re.match(r"[A-Za-z0-9._-]+==", block) and "--hash=sha256:" in block for block in blocks)
        assert "://" not in text


def test_tests_run_with_the_versions_that_the_product_is_installed_with() -> None:
    product, tests = names("run.txt"), names("test.txt")
    assert product == {name: tests.get(name) for name in product}


def test_the_files_name_each_package_once_and_all_that_these_need() -> None:
    every = [names(f"{name}.txt") for name in ("run", "ray", "kubernetes")]
    known = {name: version for each in every for name, version in each.items()}
    assert all(known[name] == version for each in every for name, version in each.items())
    assert not every[2].keys() & (every[0].keys() | every[1].keys())
    assert every[2]["dagster-k8s"] == importlib.metadata.version("dagster-k8s")
    for name in every[2]:
        for text in importlib.metadata.requires(name) or []:
            needed = Requirement(text)
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                assert needed.specifier.contains(known[canonicalize_name(needed.name)]), f"{name} needs {text}"


def test_it_runs_as_the_user_of_the_pods_and_holds_no_secret() -> None:
    cluster = yaml.safe_load((REPOSITORY / "docs/kubernetes/raycluster.yaml").read_text(encoding="utf-8"))
    context = cluster["spec"]["headGroupSpec"]["template"]["spec"]["securityContext"]
    assert of("USER") == [f"{context['runAsUser']}:{context['runAsGroup']}"]
    after = instructions()[next(number for number, each in enumerate(instructions()) if each.name == "USER") :]
    assert {each.name for each in after} == {"USER", "WORKDIR", "RUN", "CMD"}
    written = (REPOSITORY / "Dockerfile").read_text(encoding="utf-8")
    assert not re.search(r"sudo|PASSWORD|SECRET|TOKEN|curl|wget|--index-url|chmod 777|:latest", written)


def test_what_is_copied_is_sent_to_the_engine_and_nothing_else_is() -> None:
    lines = [line for line in (REPOSITORY / ".dockerignore").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*"
    sent = [line[1:] for line in lines if line.startswith("!")]
    copied = [source for text in of("COPY") if not text.startswith("--from") for source in text.split()[:-1]]
    assert all((REPOSITORY / source).exists() and any(fnmatch(source, each) for each in sent) for source in copied)
    assert set(sent) == {"requirements/*.txt", "wrapped_assets"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in place of /opt, as the commands of the Dockerfile leave it; packages are those of this environment."""
    folder = tmp_path_factory.mktemp("opt")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "wrapped"], check=True)
    (site,) = (folder / "wrapped" / "lib").glob("python*/site-packages")
    of_this = Path(importlib.metadata.distribution("polars").locate_file("")).resolve()
    links = [path for path in of_this.iterdir() if path.suffix != ".pth" and "wrapped_assets" not in path.name]
    for path in links:
        (site / path.name).symlink_to(path)
    subprocess.run(["cp", "-r", REPOSITORY / "wrapped_assets", folder / "wrapped_assets"], check=True)
    (folder / "wrapped-assets").mkdir()
    (folder / "wrapped_assets").rename(folder / "wrapped-assets" / "wrapped_assets")
    commands = [text for text in of("RUN") if not re.search(f"{INSTALLING}|useradd", text)]
    assert len(commands) == 2
    for command in commands:
        done = subprocess.run(["sh", "-euc", command.replace("/opt/", f"{folder}/")], capture_output=True, text=True, env=about(folder))
        assert done.returncode == 0, done.stderr
    return folder


def about(folder: Path) -> dict[str, str]:
    """The variables of a container, with its home in a folder."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV")}
    return {**kept, "HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache"), "PATH": f"{folder}/wrapped/bin:{kept['PATH']}"}


@pytest.mark.slow
def test_its_commands_make_an_environment_whose_wrapped_runs_its_own_copy(made: Path) -> None:
    command = ["wrapped", "--help"]
    assert of("CMD") == ['["wrapped", "--help"]']
    told = subprocess.run(command, capture_output=True, text=True, env=about(made), cwd="/", check=True)
    assert "build" in told.stdout
    where = [made / "wrapped/bin/python", "-c", "import wrapped_assets, dagster_k8s, ray; print(wrapped_assets.__file__)"]
    printed = subprocess.run(where, capture_output=True, text=True, env=about(made), cwd="/", check=True).stdout
    assert printed.strip() == str(made / "wrapped-assets/wrapped_assets/__init__.py")
    assert list((made / "wrapped-assets").rglob("*.pyc"))
    assert list((made / "cache").rglob("*.json"))  # what plans need to know of the code


def test_the_programs_that_pods_start_are_of_packages_that_it_installs() -> None:
    pinned = names("run.txt") | names("ray.txt")
    every = importlib.metadata.entry_points(group="console_scripts")
    scripts = {each.name for each in every if each.dist is not None and canonicalize_name(each.dist.name) in pinned}
    assert {"ray", "dagster"} <= scripts  # KubeRay starts the one, the run launcher the other
