"""Links an asset to its source: the file on this machine, and its page where the code is checked out from GitHub or GitLab."""

import inspect
import re
import subprocess
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.definitions.metadata.source_code import base_git_url, convert_local_path_to_git_path

PACKAGE = Path(__file__).parents[1]
ANCHOR = PACKAGE / "__init__.py"
# https://user:secret@host/path.git, ssh://git@host:22/path, git@host:path; what is before the host is never shown.
REMOTE = re.compile(r"(?:\w+://)?(?:[^@/]*@)?(?P<host>[\w.-]*(?:github|gitlab)[\w.-]*)(?::\d+(?=/))?[:/](?P<path>[\w./~-]+?)(?:\.git)?/?")
GIT_SECONDS = 5


def source_of(function: Callable[..., Any], label: str) -> dg.CodeReferencesMetadataValue:
    """Where a function is: its file and line, and the page of both in the repository, where that is known."""
    code = inspect.unwrap(function).__code__
    return _references(code.co_filename, code.co_firstlineno, label)


def source_file(path: str) -> dg.CodeReferencesMetadataValue:
    """Where a file of the package is; `path` is relative to the package."""
    return _references(str(PACKAGE / path), 1, path)


def _references(path: str, line: int, label: str) -> dg.CodeReferencesMetadataValue:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)
        place = dg.LocalFileCodeReference(file_path=path, line_number=line, label=label)
        page = repository_page()
        return dg.CodeReferencesMetadataValue(code_references=[place, *([convert_local_path_to_git_path(*page, place)] if page else [])])


@cache
def repository_page() -> tuple[str, dg.AnchorBasedFilePathMapping] | None:
    """The page of the checked-out commit at the remote `origin`, and how files are mapped to it; None where there is no such remote."""
    in_repository = _git("ls-files", "--full-name", ANCHOR.name)
    url = web_address(_git("config", "--get", "remote.origin.url")) if in_repository else None
    commit = _git("rev-parse", "HEAD") if url else ""
    if not (url and commit):
        return None
    platform = "gitlab" if "gitlab" in url.split("/")[2] else "github"
    return base_git_url(url, commit, platform), dg.AnchorBasedFilePathMapping(ANCHOR, in_repository)


def web_address(remote: str) -> str | None:
    """The address of a repository's page from the remote as git knows it, without credentials; None for other hosts."""
    found = REMOTE.fullmatch(remote)
    return f"https://{found['host']}/{found['path']}" if found else None


def _git(*arguments: str) -> str:
    """What git says of the package's folder; nothing where there is no git, no repository, or it belongs to somebody else."""
    try:
        done = subprocess.run(["git", "-C", PACKAGE, *arguments], capture_output=True, text=True, timeout=GIT_SECONDS, check=False)  # noqa: S603, S607
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
