"""Makes the files of a new insight, artist insight, playlist, source or export from the templates beside this module."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from string import Template

from wrapped_assets.contracts.discovery import all_sources
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.scaffolding.names import checked_name
from wrapped_assets.storage.whole_files import write_whole

CHECKOUT = Path(__file__).parents[2]
TEMPLATES = Path(__file__).parent / "templates"
RICHNESS = "wrapped_assets/sources/richness.py"
PINS = "wrapped_assets/exports/policies/pins.json"


@dataclass(frozen=True)
class Kind:
    """What a new thing of a kind consists of: its files by template, and what is done with them next."""

    files: Mapping[str, str]  # template → path in the checkout
    next: tuple[str, ...]


_BUILD = ("edit {file}: its columns, what it reads, its sentence, its example and its function", "pytest -k {name}", "wrapped plan")
KINDS: dict[str, Kind] = {
    "insight": Kind({"insight.py": "wrapped_assets/insights/listener/{name}.py"}, _BUILD),
    "artist": Kind({"artist.py": "wrapped_assets/insights/artist/{name}.py"}, _BUILD),
    "playlist": Kind({"playlist.py": "wrapped_assets/playlists/{name}.py"}, _BUILD),
    "source": Kind(
        {"source.py": "wrapped_assets/sources/{name}.py", "test_source.py": "wrapped_assets_tests/sources/test_{name}.py"},
        (
            "edit {file}: how a file is recognised, and which of its fields is what",
            f"place {{constant}} in {RICHNESS} by what its records say",
            "pytest -k {name}",
            "wrapped import FILE --listener NAME",
        ),
    ),
    "export": Kind(
        {
            "export.py": "wrapped_assets/exports/{name}.py", "policy.yaml": "wrapped_assets/exports/policies/{name}.yaml",
            "test_export.py": "wrapped_assets_tests/privacy/exports/test_{name}.py",
        },
        (
            "edit {file} and its policy; have the policy reviewed, then pin it: `sha256sum` of the policy into " + PINS,
            "pytest -k {name}",
            "wrapped export {name} --year YEAR",
        ),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Scaffold:
    """The files of a new thing by path in the checkout, new ones and changed ones, and what its author does next."""

    files: Mapping[str, bytes]
    next: tuple[str, ...]


def scaffold(kind: str, name: str, checkout: Path | None = None) -> Scaffold:
    """What `wrapped new` writes. InputError for a name that is taken or cannot be one, and where there is no checkout to write into."""
    checkout = checkout or CHECKOUT
    if not (checkout / "wrapped_assets_tests").is_dir():
        raise InputError("this command writes into a checkout, and this installation is not one: clone the project and run `./start`")
    made, constant = KINDS[kind], checked_name(name).upper()
    words = {"name": name, "constant": constant, "title": name.replace("_", " ").capitalize()}
    if kind == "source":
        words["code"] = str(_free_code())
    paths = {template: path.format(name=name) for template, path in made.files.items()}
    if taken := [path for path in paths.values() if (checkout / path).exists()]:
        raise InputError(f"{taken[0]} exists; choose another name, or remove it first")
    files = {path: _filled(template, words) for template, path in paths.items()}
    if kind == "source":
        files[RICHNESS] = _with_richness(checkout, constant)
    if kind == "export":
        files[PINS] = _with_pin(checkout, name, files[paths["policy.yaml"]])
    said = {"name": name, "constant": constant, "file": next(iter(paths.values()))}
    return Scaffold(files, tuple(step.format(**said) for step in made.next))


def write(made: Scaffold, checkout: Path | None = None) -> None:
    """Writes the files, all of them or none."""
    checkout = checkout or CHECKOUT
    before = {path: (checkout / path).read_bytes() if (checkout / path).exists() else None for path in made.files}
    try:
        for path, content in made.files.items():
            write_whole(checkout / path, content)
            (checkout / path).chmod(0o644)
    except BaseException:
        _undo(before, checkout)
        raise


def _undo(before: Mapping[str, bytes | None], checkout: Path) -> None:
    """Puts files back as they were; one that was not there goes."""
    for path, content in before.items():
        if content is None:
            (checkout / path).unlink(missing_ok=True)
        else:
            write_whole(checkout / path, content)
            (checkout / path).chmod(0o644)


def _filled(template: str, words: Mapping[str, str]) -> bytes:
    return Template((TEMPLATES / f"{template}.template").read_text(encoding="utf-8")).substitute(words).encode()


def _free_code() -> int:
    """One above the largest code: a code that was ever given is never given again."""
    code = max(source.code for source in all_sources()) + 1
    if code > 255:
        raise InputError("all 255 source codes are in use; a code is stored in one byte")
    return code


def _with_richness(checkout: Path, constant: str) -> bytes:
    """The table of richness with the new source at the poorest free place, where its author moves it up from."""
    taken = {source.richness for source in all_sources()}
    free = next(place for place in range(min(taken) - 1, 0, -1) if place not in taken)
    text = (checkout / RICHNESS).read_text(encoding="utf-8")
    return f"{text.rstrip()}\n{constant} = {free}  # new: at the end until somebody says what its records hold\n".encode()


def _with_pin(checkout: Path, name: str, policy: bytes) -> bytes:
    pins = json.loads((checkout / PINS).read_text(encoding="utf-8"))
    pins[name] = sha256(policy).hexdigest()
    return (json.dumps(dict(sorted(pins.items())), indent=1) + "\n").encode()
