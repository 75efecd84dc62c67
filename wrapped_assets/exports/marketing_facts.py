"""Figures for posters: facts fixed before counting, noisy counts of people, and only those that are large enough to be told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING

import polars as pl

from wrapped_assets.contracts.errors import RefusedError
from wrapped_assets.exports.campaign import FILE, NEEDS, Fact, PublicNames, read_campaign
from wrapped_assets.exports.default_campaign import CHARTS, default_facts
from wrapped_assets.privacy.denied import denied_word
from wrapped_assets.privacy.disclosure import two_digits
from wrapped_assets.privacy.export import Export, Produced

if TYPE_CHECKING:
    from wrapped_assets.privacy.draws import Draws
    from wrapped_assets.privacy.policy import Policy
    from wrapped_assets.privacy.snapshot import Snapshot

FACTS, NOISE = "marketing_facts.csv", "facts"
_TEXTS = {"fact_id": pl.String, "template": pl.String, "entity": pl.String, "period": pl.String}
_SCHEMA = {**_TEXTS, "about_count": pl.Int64, "phrase": pl.String}
# The only words in which anything is said: of many people, never of the most devoted one.
_PHRASE = re.compile(r"About ([\d,]+) people(?: in [^\d,;:!?]+)? (?:played|listened to) \x1f (?:in \d{4}|on \d{1,2} [A-Z][a-z]+ \d{4})")
_BELOW = "with the noise that protects people, fewer than the {floor} that the policy asks for are left"


def produce(snapshot: Snapshot, draws: Draws) -> Produced:
    """The facts whose noisy count reaches the policy's floor. RefusedError where none does, or one that the campaign requires does not."""
    noise = snapshot.pinned.policy.noise[NOISE]
    floor = noise.release_from or 0
    facts = campaign_of(snapshot)
    kept = at_most(heard_by(snapshot, facts), noise.facts_per_person or 1, salt="\n".join(fact.model_dump_json() for fact in facts))
    counts = dict(kept.group_by("fact").len().iter_rows())
    noisy = draws.facts(NOISE, [counts.get(number, 0) for number in range(len(facts))])
    told = [(fact, two_digits(count)) for fact, count in zip(facts, noisy, strict=True) if count >= floor]
    for fact, count in zip(facts, noisy, strict=True):
        if fact.required and count < floor:
            raise RefusedError(f"{fact.fact_id} may not be told: {_BELOW.format(floor=floor)}")
    if not told:
        raise RefusedError(f"no fact of this campaign may be told: {_BELOW.format(floor=floor)}")
    year = snapshot.year
    rows = [(fact.fact_id, fact.template, fact.entity, fact.period(year), about, fact.phrase(about, year)) for fact, about in told]
    hidden = {f"facts whose noisy count is below {floor}": len(facts) - len(told)}
    return Produced({FACTS: pl.DataFrame(rows, schema=_SCHEMA, orient="row")}, hidden)


def campaign_of(snapshot: Snapshot) -> list[Fact]:
    """The candidates by id, from the operator's file or the default: nothing in them depends on who heard what, but published charts."""
    content = snapshot.operator_files.get(FILE)
    if content is None:
        return default_facts(snapshot)
    names = PublicNames.of(snapshot)
    return [names.fact(asked) for asked in sorted(read_campaign(content, snapshot.year), key=lambda each: each.id)]


def heard_by(snapshot: Snapshot, facts: Sequence[Fact]) -> pl.DataFrame:
    """listener_id, fact (place in `facts`): each eligible listener once for every fact that is true of them."""
    ids = [fact.entity_id for fact in facts]
    artists = _years(snapshot, "artist", ids)
    recordings = _years(snapshot, "recording", ids)
    homes = snapshot.profiles(["place_name"]).lazy() if any(fact.city for fact in facts) else None
    days = snapshot.read("aggregates/artist_months", ["listener_id", "artist_id", "month", "day_mask"])
    found = []
    for number, fact in enumerate(facts):
        if fact.template == "recording_in_year":
            rows = recordings.filter(pl.col("recording_id") == fact.entity_id)
        elif fact.day is not None:
            of_month = (pl.col("artist_id") == fact.entity_id) & (pl.col("month") == f"{fact.day:%Y-%m}")
            rows = days.filter(of_month & (pl.col("day_mask") & pl.lit(1 << (fact.day.day - 1), pl.Int64) != 0))
        else:
            rows = artists.filter(pl.col("artist_id") == fact.entity_id)
            if homes is not None and fact.city:
                rows = rows.join(homes.filter(pl.col("place_name") == fact.city), on="listener_id", how="semi")
        found.append(rows.select("listener_id", fact=pl.lit(number, pl.Int64)).unique())
    return pl.concat(pl.collect_all(found)).sort("listener_id", "fact")


def _years(snapshot: Snapshot, entity: str, ids: Sequence[int]) -> pl.LazyFrame:
    rows = snapshot.read(f"aggregates/{entity}_years", ["listener_id", f"{entity}_id", "listen_count"])
    return rows.filter((pl.col("listen_count") > 0) & pl.col(f"{entity}_id").is_in(ids))


def at_most(rows: pl.DataFrame, most: int, salt: str) -> pl.DataFrame:
    """Each listener's rows, at most so many of them, by a choice of the listener's own.

    The choice hangs on their surrogate, which is itself a keyed hash, and on the campaign: the same campaign asked again makes the
    same choice, and nobody outside can tell which.
    """
    key = blake2b(salt.encode(), digest_size=32).digest()
    drawn = (blake2b(f"{listener}:{fact}".encode(), key=key, digest_size=8).digest() for listener, fact in rows.iter_rows())
    chances = [int.from_bytes(each, "big") >> 1 for each in drawn]
    shuffled = rows.with_columns(_chance=pl.Series(chances, dtype=pl.Int64)).sort("listener_id", "_chance", "fact")
    return shuffled.filter(pl.int_range(pl.len()).over("listener_id") < most).drop("_chance")


def faults(tables: Mapping[str, pl.DataFrame], policy: Policy) -> list[str]:
    """Counts below the floor or too exact, phrases of another form, about one person, or about denied topics and days."""
    return list(_faults(tables[FACTS], policy))


def _faults(rows: pl.DataFrame, policy: Policy) -> Iterator[str]:
    floor = policy.noise[NOISE].release_from or 0
    if not rows.height:
        yield f"{FACTS} has no facts"
        return
    if (rows["about_count"] < two_digits(floor)).any():
        yield f"{FACTS}: a fact is below the floor of {floor}"
    if any(count != two_digits(count) for count in rows["about_count"]):
        yield f"{FACTS}: counts must have two significant digits, and be rounded at least to the nearest 10"
    if rows["fact_id"].n_unique() < rows.height or not rows["template"].is_in(list(NEEDS)).all():
        yield f"{FACTS}: each fact has its own id and a known template"
    for phrase, count, entity in rows.select("phrase", "about_count", "entity").iter_rows():
        name = entity if entity in phrase else entity[1:]  # a cell's mark against formulas
        found = _PHRASE.fullmatch(phrase.replace(name, "\x1f", 1))
        if not found or found[1] != f"{count:,}":
            yield f"{FACTS}: a phrase is none of the templates', or gives another number"
    days = {day[5:] for day in rows["period"].cast(pl.String)}
    if denied_word([*rows["phrase"], *rows["entity"]], policy.deny) is not None or days & {*policy.deny}:
        yield f"{FACTS}: a topic or day is on the policy's deny list"


MARKETING_FACTS = Export(
    "marketing_facts",
    reads={
        "aggregates/artist_years": ("listener_id", "artist_id", "listen_count"),
        "aggregates/artist_months": ("listener_id", "artist_id", "month", "day_mask"),
        "aggregates/recording_years": ("listener_id", "recording_id", "listen_count"),
        "registry/profiles": ("place_name",),
        "sources/known_artists": ("artist_id", "artist_name", "genre_names"),
        "sources/known_recordings": ("recording_id", "recording_name", "artist_id", "artist_names", "genre_names"),
        "sources/known_places": ("place_name", "inhabitants"),
    },
    produce=produce,
    faults=faults,
    operator_files=(FILE, CHARTS),
)
