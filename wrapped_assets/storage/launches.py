"""What a root remembers of launches: where its site is, how each edition is to go public, and the evidence of what is done."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.storage import registry
from wrapped_assets.storage.later import sa, tables
from wrapped_assets.storage.reading import document, moment, reading
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.transactions import exclusive

_URL = "site_url"


def launches(root: Root) -> dict[int, datetime]:
    """The instant of each edition's launch, by year; editions without one are left out."""
    with reading(root) as reader:
        years = [year for (year,) in reader.rows("select distinct year from editions where launch_at is not null order by year")]
        found = registry.editions(root, years, reader)
    return {year: edition.launch_at for year, edition in found.items() if edition.launch_at}


def site_url(root: Root) -> str:
    """Where readers find the site, without a slash at the end; "" where nobody said it."""
    with reading(root) as reader:
        rows = reader.rows("select value from settings where name = :name", name=_URL)
    return str(rows[0][0]) if rows else ""


def set_site_url(root: Root, url: str) -> None:
    """Says where readers find the site. InputError for what is no address of a site."""
    found = urlsplit(url)
    if found.scheme not in ("http", "https") or not re.fullmatch(r"[A-Za-z0-9.:\[\]-]+", found.netloc) or found.query or found.fragment:
        raise InputError(f"expected the site's address, such as https://wrapped.example.org, got {url!r}")
    with exclusive(root.engine) as connection:
        connection.execute(sa.delete(tables.settings).where(tables.settings.c.name == _URL))
        connection.execute(sa.insert(tables.settings).values(name=_URL, value=url.rstrip("/")))


@dataclass(frozen=True)
class LaunchPlan:
    """How a year's edition is to go public. `stopped` says why the plan goes no further by itself; None while it does."""

    year: int
    targets: tuple[str, ...]  # folders and stores; none where `wrapped serve` alone shows it
    locales: tuple[str, ...]
    freeze_at: datetime  # from then on what is built is published, once, and stays
    stopped: str | None = None


@dataclass(frozen=True)
class Evidence:
    """That a step is done for one edition, by what was found. `facts` name nobody but an approver."""

    step: str
    edition: str
    found_at: datetime
    seconds: float
    facts: Mapping[str, str | int | float]


def plans(root: Root) -> dict[int, LaunchPlan]:
    """Every plan, by year."""
    with reading(root) as reader:
        rows = reader.rows("select year, targets, locales, freeze_at, stopped from launch_plans order by year")
    return {
        year: LaunchPlan(year, tuple(document(targets)), tuple(document(locales)), _instant(freeze_at), stopped)
        for year, targets, locales, freeze_at, stopped in rows
    }


def keep_plan(root: Root, plan: LaunchPlan) -> None:
    """Takes a plan in, in place of the one before."""
    with exclusive(root.engine) as connection:
        connection.execute(sa.delete(tables.launch_plans).where(tables.launch_plans.c.year == plan.year))
        values = {**vars(plan), "targets": list(plan.targets), "locales": list(plan.locales)}
        connection.execute(sa.insert(tables.launch_plans).values(**values))


def stop_plan(root: Root, year: int, reason: str | None) -> None:
    """Says why a plan goes no further by itself; None lets it go on."""
    table = tables.launch_plans
    with root.engine.begin() as connection:
        connection.execute(sa.update(table).where(table.c.year == year).values(stopped=reason and reason[:500]))


def evidence(root: Root, year: int) -> list[Evidence]:
    """The evidence of every step and edition, the oldest first."""
    with reading(root) as reader:
        query = "select step, edition, found_at, seconds, facts from launch_evidence where year = :year order by found_at, step, edition"
        rows = reader.rows(query, year=year)
    return [Evidence(step, edition, _instant(at), seconds, document(facts)) for step, edition, at, seconds, facts in rows]


def keep_evidence(root: Root, year: int, found: Evidence) -> None:
    """Takes in what was found of a step, in place of what was known of it for the same edition."""
    table = tables.launch_evidence
    same = (table.c.year == year) & (table.c.step == found.step) & (table.c.edition == found.edition)
    with exclusive(root.engine) as connection:
        connection.execute(sa.delete(table).where(same))
        connection.execute(sa.insert(table).values(year=year, **vars(found) | {"facts": dict(found.facts)}))


def instant_given(text: str | None, option: str) -> datetime | None:
    """The instant that was given with an option, in UTC; InputError for one without an offset."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise InputError(f"expected {option} as an ISO 8601 instant with its offset, such as 2025-12-03T09:00:00Z; got {text!r}")
    return found.astimezone(UTC)


def _instant(value: Any) -> datetime:
    found = moment(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
