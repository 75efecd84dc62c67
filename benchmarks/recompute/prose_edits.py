"""Edits that change nothing: comments, docstrings, headlines, type hints, formatting, names of local variables, places of functions."""

from __future__ import annotations

import re

from benchmarks.recompute.edits import INSIGHTS, KERNELS, PARTIALS, Bench, Edit, asset_in, kernel_in
from benchmarks.recompute.splicing import (
    functions_of,
    public_names,
    reformatted,
    with_docstring_sentence,
    with_functions_swapped,
    with_line_at_start,
    with_renamed_local,
)


def prose(bench: Bench) -> Edit:
    """A comment, docstring, headline or type hint of any module that decides numbers."""
    file, text, name = kernel_in(bench) if bench.choice.random() < 0.3 else asset_in(bench, *INSIGHTS, *PARTIALS)
    remark = f"Remark {bench.number}."
    hints = "-> pl.LazyFrame:", '-> "pl.LazyFrame":'
    ways = {
        "comment": lambda: with_line_at_start(text, name, f"# {remark}"),
        "comment above": lambda: text.replace('"""\n', f'"""\n\n# {remark}\n', 1),
        "docstring": lambda: with_docstring_sentence(text, name, remark),
        "module's docstring": lambda: text.replace('"""\n', f' {remark}"""\n', 1),
        "headline": lambda: re.sub(r'(headline="[^"]*)"', rf'\1 {remark}"', text),
        "type hint": lambda: text.replace(*hints) if hints[0] in text else text.replace(*reversed(hints)),
    }  # fmt: skip
    way = bench.choice.choice(sorted(ways))
    return bench.edited("prose", way, file, ways[way](), [])


def reformat(bench: Bench) -> Edit:
    """A module written anew from its syntax tree."""
    file = bench.choice.choice(bench.copy.below(*INSIGHTS, *PARTIALS, *KERNELS))
    return bench.edited("reformat", "from its tree", file, reformatted(bench.copy.read(file)), [])


def rename(bench: Bench) -> Edit:
    """Another name for a local variable."""
    while True:
        file = bench.choice.choice(bench.copy.below(*INSIGHTS, *PARTIALS, *KERNELS))
        text = bench.copy.read(file)
        names = [found.name for found in functions_of(text)]
        if names and (new := with_renamed_local(text, name := bench.choice.choice(names), bench.choice)):
            return bench.edited("rename of a local variable", name, file, new, [])


def move(bench: Bench) -> Edit:
    """A function to another place of its module, or a whole kernel to a module of another name."""
    files = bench.copy.below(*KERNELS)
    if bench.choice.random() < 0.7:
        movable = [(file, new) for file in files if (new := with_functions_swapped(bench.copy.read(file)))]
        file, new = bench.choice.choice(movable)
        return bench.edited("move of a function", "swapped with the one above", file, new, [])
    file = bench.choice.choice([file for file in files if functions_of(bench.copy.read(file)) and file != "kernels/hashing.py"])
    text = bench.copy.read(file)
    names = ", ".join(public_names(text))
    place = f"moved_{bench.number}"
    bench.copy.write(f"kernels/{place}.py", text)
    new = f'"""Moved."""\n\nfrom wrapped_assets.kernels.{place} import {names}\n'
    return bench.edited("move of a function", f"to {place}", file, new, [])
