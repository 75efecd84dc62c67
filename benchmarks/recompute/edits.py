"""What an edit is, and the choice of a place for it."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from typing import Any

from benchmarks.recompute.package_copy import PackageCopy
from benchmarks.recompute.population import Population
from benchmarks.recompute.reach import Definition, assets_reaching
from benchmarks.recompute.splicing import declared_columns, function_of, functions_of

INSIGHTS, PARTIALS, KERNELS = ("insights/listener", "playlists"), ("aggregates", "listens", "catalogue"), ("kernels",)
# Columns that may take other values, and columns that may become narrower, without an insight falling over them.
AMOUNTS = re.compile(r"minutes|ms_played|duration_ms|\w+_count")
COUNTS = re.compile(r"\w+_count")
EVERY = "*"  # in place of the names of all assets


@dataclass
class Edit:
    """One edit that was made, or an action that the worker is to make; what it may affect, as a second opinion."""

    kind: str
    what: str
    code: set[str] = field(default_factory=set)  # names of functions that reach what was edited
    rules: list[str] = field(default_factory=list)  # fields of rule sets whose values were edited in the code
    action: dict[str, Any] | None = None


@dataclass
class Bench:
    """What edits are made on, and chance."""

    copy: PackageCopy
    population: Population
    choice: random.Random
    number: int = 0  # of the edit
    state: dict[str, Any] = field(default_factory=dict)

    def edited(self, kind: str, what: str, file: str, text: str, names: list[str]) -> Edit:
        """Writes a file; the edit may affect whatever reached the names before or after."""
        changed: set[Definition] = {(file, name) for name in names}
        code = assets_reaching(self.copy, changed)
        self.copy.write(file, text)
        return Edit(kind, f"{what} in {file}", code | assets_reaching(self.copy, changed))


def asset_in(bench: Bench, *folders: str) -> tuple[str, str, str]:
    """A module with an asset, its text, and the asset's name; at most three edits lie on one module."""
    files = [file for file in bench.copy.below(*folders) if bench.copy.edits.get(file, 0) < 3]
    while True:
        file = bench.choice.choice(files)
        text = bench.copy.read(file)
        assets = [found.name for found in functions_of(text) if declared_columns(text, found.name)]
        if assets:
            return file, text, assets[0]


def kernel_in(bench: Bench) -> tuple[str, str, str]:
    """A kernel module, its text, and one public function of it."""
    files = [file for file in bench.copy.below(*KERNELS) if bench.copy.edits.get(file, 0) < 3]
    while True:
        file = bench.choice.choice(files)
        text = bench.copy.read(file)
        names = [found.name for found in functions_of(text) if not found.name.startswith("_") and file != "kernels/hashing.py"]
        if names:
            return file, text, bench.choice.choice(names)


def first_input(text: str, name: str) -> str:
    """The name of the asset's first parameter: a lazy frame."""
    return function_of(text, name).args.args[0].arg
