"""A row a person for one recipient: a pseudonym, a region, an age band and a main genre, and nothing by which to find them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl

from wrapped_assets.privacy.ages import age_band
from wrapped_assets.privacy.denied import denied_word
from wrapped_assets.privacy.export import Export, Produced
from wrapped_assets.privacy.pseudonyms import PSEUDONYM_BYTES, pseudonyms
from wrapped_assets.vocabulary.world_regions import REGION_OF, REGIONS

if TYPE_CHECKING:
    from wrapped_assets.privacy.draws import Draws
    from wrapped_assets.privacy.policy import Policy
    from wrapped_assets.privacy.snapshot import Snapshot

ROWS = "partner_extract.csv"
AGES = (18, 30, 45)
MOST_GENRES = 25
CLASS = ["region", "age_band", "top_genre"]  # all of them: a recipient may know any of these of somebody


def produce(snapshot: Snapshot, draws: Draws) -> Produced:
    """Rows ordered by pseudonym; the listeners behind them, so that a row can be recalled."""
    del draws  # classes of at least k people, not noise
    rule = snapshot.pinned.policy.disclosure
    assert rule is not None
    people = _people(snapshot)
    complete = people.drop_nulls(CLASS)
    common = complete.group_by("top_genre").len().sort("len", "top_genre", descending=[True, False]).head(MOST_GENRES)
    told = complete.join(common, on="top_genre", how="semi").filter(pl.len().over(CLASS) >= rule.k_cell)
    # Where all of a region and age band share a genre, knowing that somebody is in it would tell theirs.
    shown = told.filter(pl.col("top_genre").n_unique().over("region", "age_band") > 1)
    names = pseudonyms(snapshot.key, shown["listener_id"])
    table = shown.with_columns(pseudonym=pl.col("listener_id").replace_strict(names, return_dtype=pl.String)).sort("pseudonym")
    hidden = {
        "people without a known country or a genre that may be told": people.height - complete.height,
        f"people in groups of fewer than {rule.k_cell} of one region, age band and genre": complete.height - told.height,
        "people whose region and age band would tell their genre": told.height - shown.height,
    }
    everybody = complete.lazy().select(*CLASS, "listener_id")  # also who is in a group too small to be told
    return Produced({ROWS: table.select("pseudonym", *CLASS)}, hidden, names, {ROWS: everybody})


def _people(snapshot: Snapshot) -> pl.DataFrame:
    """listener_id, region, age_band, top_genre of everybody who may be in; nulls where they are not known."""
    profiles = snapshot.profiles(["country", "birth_year"]).select(
        "listener_id",
        region=pl.col("country").replace_strict(REGION_OF, default=None, return_dtype=pl.String),
        age_band=age_band("birth_year", snapshot.year + 1, AGES),
    )
    return profiles.join(_genres(snapshot), on="listener_id", how="left").sort("listener_id")


def _genres(snapshot: Snapshot) -> pl.DataFrame:
    """Each listener's most heard root genre of those that may be told.

    Who hears a denied one most gets the next: a row that was missing, or said "other", would tell that it had been denied.
    """
    deny = snapshot.pinned.policy.deny
    heard = snapshot.read("insights/top_genres", ["listener_id", "genre_rank", "root_genre_name"]).drop_nulls("root_genre_name").collect()
    told = [genre for genre in heard["root_genre_name"].unique() if denied_word([genre], deny) is None]
    ranked = heard.filter(pl.col("root_genre_name").is_in(told)).sort("listener_id", "genre_rank", "root_genre_name")
    return ranked.unique("listener_id", keep="first", maintain_order=True).select("listener_id", top_genre="root_genre_name")


def faults(tables: Mapping[str, pl.DataFrame], policy: Policy) -> list[str]:
    """Small classes, classes that tell a genre, unknown values, denied genres, rows in another order than their pseudonyms'."""
    rows, found = tables[ROWS], []
    k = policy.disclosure.k_cell if policy.disclosure else 0
    if not rows.height:
        return [f"{ROWS} has no rows: no {k} people agree in region, age band and genre"]
    if rows.group_by(CLASS).len()["len"].min() < k:  # type: ignore[operator]
        found.append(f"{ROWS}: fewer than {k} people share a region, age band and genre")
    if rows.group_by("region", "age_band").agg(pl.col("top_genre").n_unique())["top_genre"].min() < 2:  # type: ignore[operator]
        found.append(f"{ROWS}: a region and age band tells the genre")
    pseudonyms_are = rows["pseudonym"].cast(pl.String)
    if not pseudonyms_are.str.contains(rf"^[0-9a-f]{{{2 * PSEUDONYM_BYTES}}}$").all() or pseudonyms_are.n_unique() < rows.height:
        found.append(f"{ROWS}: pseudonyms must be different, and nothing but pseudonyms")
    if not pseudonyms_are.equals(pseudonyms_are.sort()):
        found.append(f"{ROWS}: rows must stand in the order of their pseudonyms, for any other tells whose they are")
    if rows["region"].is_in(REGIONS).not_().any() or rows["age_band"].n_unique() > len(AGES) or rows["top_genre"].n_unique() > MOST_GENRES:
        found.append(f"{ROWS}: only the five regions, {len(AGES)} age bands and at most {MOST_GENRES} genres")
    if denied_word(rows["top_genre"].unique().to_list(), policy.deny) is not None:
        found.append(f"{ROWS}: a genre is on the policy's deny list")
    return found


PARTNER_EXTRACT = Export(
    "partner_extract",
    reads={
        "insights/top_genres": ("listener_id", "genre_rank", "root_genre_name"),
        "registry/profiles": ("country", "birth_year"),
    },
    produce=produce,
    faults=faults,
)
