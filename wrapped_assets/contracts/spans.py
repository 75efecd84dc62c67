"""Derives the assets of spans from those of years: the same functions over the months of a span.

An insight of a year reads months, and figures that are made of months. Over the months of another span its function gives the insight
of that span, so there is no second implementation of any. What follows from a calendar year (its population, its catalogue of new
releases, a parameter `year`) has no span.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from wrapped_assets.contracts.asset import OF_SPAN, Declaration, Read
from wrapped_assets.contracts.lineage import KNOWN_TABLES

_TOLD = ("insights", "playlists")
_WINDOW = frozenset({"window_start", "window_end"})  # rules that say where a span begins and ends; others belong to a year


def spans_of(declarations: Iterable[Declaration]) -> list[Declaration]:
    """The spans' assets of everything that a span can be told by, and of what these read. They read yearly histories as a year does."""
    by_name = {declaration.name: declaration for declaration in declarations}
    possible = {name for name, declaration in by_name.items() if _is_of_months(declaration)}
    while lost := {name for name in possible if not all(_has_span(read, by_name, possible) for read in by_name[name].reads)}:
        possible -= lost
    needed = [name for name in sorted(possible) if by_name[name].layer in _TOLD]
    for name in needed:  # grows
        needed += sorted({read.asset for read in by_name[name].reads if read.asset in possible} - set(needed))
    return [_of_span(by_name[name], possible) for name in needed]


def _is_of_months(declaration: Declaration) -> bool:
    return declaration.kind == "year_bucket" and not declaration.wants_period and declaration.rules <= _WINDOW


def _has_span(read: Read, by_name: Mapping[str, Declaration], possible: set[str]) -> bool:
    if read.asset not in by_name:
        return read.asset in KNOWN_TABLES
    if read.window == "latest_year_before":
        return read.asset in possible
    return read.window == "period" and (read.asset in possible or by_name[read.asset].kind == "month_bucket")


def _of_span(declaration: Declaration, possible: set[str]) -> Declaration:
    reads = tuple(
        replace(read, asset=f"{read.asset}{OF_SPAN}") if read.asset in possible and read.window == "period" else read
        for read in declaration.reads
    )
    renamed = {old.asset: new.asset for old, new in zip(declaration.reads, reads, strict=True)}
    lookups = tuple(replace(one, source=renamed[one.source]) for one in declaration.lookups)
    name = f"{declaration.name}{OF_SPAN}"
    return replace(
        declaration, name=name, layer="spans", kind="span_bucket", reads=reads, lookups=lookups, examples=(), year=declaration.key
    )
