"""Asks for spans of months and computes them: the same assets over other months, kept and recomputed like all cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass

from wrapped_assets.building.build import BuildReport, Progress, build
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import BuildError, InputError
from wrapped_assets.planning.situation import Situation
from wrapped_assets.storage import manifest
from wrapped_assets.storage.records import remove_records
from wrapped_assets.storage.spans import ask_span, asked_spans, forget_span
from wrapped_assets.vocabulary.periods import Cell, is_span
from wrapped_assets.vocabulary.spans import Span, canonical


def names_of(spans: Iterable[str]) -> tuple[str, ...]:
    """The canonical names of spans. InputError for one that is none."""
    try:
        return tuple(dict.fromkeys(canonical(span) for span in spans))
    except ValueError as error:
        raise InputError(str(error)) from None


def span_in(situation: Situation, name: str) -> Span:
    """The months of a canonical name. InputError where nothing was played in them."""
    try:
        return situation.span(name)
    except ValueError as error:
        raise InputError(str(error)) from None


def cells_in(situation: Situation, names: Iterable[str], bucket: int | None = None) -> set[Cell]:
    """The cells of spans, by canonical names, in one bucket or in all."""
    periods = {str(span_in(situation, name)) for name in names}
    return {cell for cell in situation.expected() if cell.period in periods and bucket in (None, cell.bucket)}


def with_spans(project: Project, names: Collection[str], bucket: int | None = None) -> Situation:
    """The situation in which spans are asked for, although nothing was stored of that. InputError where one cannot be told."""
    project.spans = dict.fromkeys(names, None if bucket is None else frozenset({bucket}))
    try:
        situation = project.situation()
    finally:
        project.spans = {}  # nobody has asked yet, and a long-lived process must not believe so
    for name in names:
        span_in(situation, name)
    return situation


def build_span(project: Project, name: str, bucket: int, progress: Progress | None = None) -> tuple[BuildReport, Span]:
    """Asks for a span in a bucket, and computes what is stale of it; nothing is asked for where it cannot be told.

    InputError for months without plays. BuildError where a cell failed.
    """
    with_spans(project, [name], bucket)
    ask_span(project.root, name, bucket)
    report = build(project, lambda situation: cells_in(situation, [name], bucket), progress=progress)
    if report.failed:
        cell, error = report.failed[0]
        raise BuildError(f"{len(report.failed):,} cells of {name} failed; the first is {cell}: {error}")
    assert project.seen is not None
    return report, span_in(project.seen.situation, name)


@dataclass(frozen=True)
class KeptSpan:
    """A span that was asked for: its months (None where it has no plays any more), its number of cells, and of buckets (None: all)."""

    name: str
    months: str | None
    cells: int
    buckets: int | None


def kept(project: Project) -> list[KeptSpan]:
    """The spans that builds keep up to date, by name."""
    situation = project.situation()
    counts = Counter(cell.period for cell in situation.stored if is_span(cell.period))
    found = []
    for name, buckets in sorted(situation.spans.items()):
        months = None
        with suppress(ValueError):
            months = str(situation.span(name))
        found.append(KeptSpan(name, months, counts[months or ""], None if buckets is None else len(buckets)))
    return found


def forget(project: Project, names: Iterable[str]) -> None:
    """Keeps spans no longer, and removes their cells unless another span has them. InputError for one that was not asked for."""
    wanted, root = names_of(names), project.root
    if missing := [name for name in wanted if name not in asked_spans(root)]:
        known = ", ".join(asked_spans(root)) or "none"
        raise InputError(f"the span {missing[0]} was not asked for; those that were: {known}")
    for name in wanted:
        forget_span(root, name)
    situation = project.situation()
    gone = [cell for cell in situation.stored if is_span(cell.period) and cell not in situation.expected()]
    manifest.remove_unnamed(root, manifest.forget_cells(root, gone))
    remove_records(root, gone)
