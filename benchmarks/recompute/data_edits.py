"""Edits of data: late exports, newcomers, removals, what the registry says of a listener, and an edition's rules; and none at all."""

from __future__ import annotations

from benchmarks.recompute.edits import Bench, Edit
from wrapped_assets.vocabulary.periods import Month

ZONES = ("UTC", "Europe/Lisbon", "Asia/Tokyo", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Auckland", "Africa/Casablanca")
RULE_NAMES = ("default", "spotify-compatible", "listenbrainz-compatible")


def nothing(bench: Bench) -> Edit:
    """No edit."""
    return Edit("nothing", f"edit {bench.number}")


def late(bench: Bench) -> Edit:
    """Some dozens of plays of one listener, in one or two months; now and then in a month that had none."""
    months = bench.choice.sample(bench.population.months, bench.choice.choice((1, 1, 2)))
    if bench.choice.random() < 0.1:
        months = [str(Month.parse(bench.population.months[-1]).shift(1))]
    return _export(bench, "late export", bench.choice.choice(bench.population.people), months)


def newcomer(bench: Bench) -> Edit:
    """The first plays of a new listener, over every month."""
    listener = f"newcomer-{bench.number:04d}"
    bench.population.people.append(listener)
    return _export(bench, "newcomer", listener, bench.population.months)


def _export(bench: Bench, kind: str, listener: str, months: list[str]) -> Edit:
    folder = bench.population.late_export(listener, months, bench.choice.randint(5, 80), bench.choice)
    return Edit(kind, " ".join(months), action={"do": "late", "folder": str(folder), "listener": listener, "months": months})


def removal(bench: Bench) -> Edit:
    """Everything of one listener."""
    people = bench.population.people
    listener = people.pop(bench.choice.randrange(len(people)))
    return Edit("removal of a listener", listener, action={"do": "remove", "listener": listener})


def time_zone(bench: Bench) -> Edit:
    """Another time zone for one listener."""
    zone = bench.choice.choice(ZONES)
    return Edit("time zone", zone, action={"do": "time_zone", "listener": bench.choice.choice(bench.population.people), "time_zone": zone})


def profile(bench: Bench) -> Edit:
    """Another country, place or year of birth of one listener."""
    values: dict[str, tuple[str | int, ...]] = {"country": ("PT", "NO"), "place": ("Porto", "Bergen"), "birth_year": (1961, 1999)}
    name = bench.choice.choice(sorted(values))
    facts = {name: bench.choice.choice(values[name])}
    return Edit("profile", name, action={"do": "profile", "listener": bench.choice.choice(bench.population.people), "facts": facts})


def consent(bench: Bench) -> Edit:
    """A yes, mostly, or a no of one listener."""
    purpose = bench.choice.choice(("be_found", "recommend", "share_plays"))
    state = bench.choice.choice(("given", "given", "withdrawn"))
    listener = bench.choice.choice(bench.population.people)
    return Edit("consent", f"{purpose} {state}", action={"do": "consent", "listener": listener, "purpose": purpose, "state": state})


def exclusion(bench: Bench) -> Edit:
    """An artist, or hours of the day, left out for one listener."""
    kind = bench.choice.choice(("artist", "hours"))
    what = bench.choice.choice(bench.population.artists()) if kind == "artist" else sorted(bench.choice.sample(range(24), 2))
    listener = bench.choice.choice(bench.population.people)
    return Edit("exclusion", kind, action={"do": "exclude", "listener": listener, "kind": kind, "what": what})


def cut_off(bench: Bench) -> Edit:
    """Another last day for one edition."""
    year = bench.choice.choice(bench.population.years)
    month = bench.choice.choice([month for month in bench.population.months if month.startswith(str(year))])
    until = f"{month}-{bench.choice.randint(10, Month.parse(month).last_day.day)}"
    return Edit("cut-off", until, action={"do": "edition", "year": year, "until": until})


def edition_rules(bench: Bench) -> Edit:
    """Another rule set for one edition."""
    year = bench.choice.choice(bench.population.years)
    before = bench.state.setdefault("rules", {}).get(year, "default")
    name = bench.choice.choice([name for name in RULE_NAMES if name != before])
    bench.state["rules"][year] = name
    return Edit("edition's rules", f"{year} {name}", action={"do": "edition", "year": year, "rules": name})
