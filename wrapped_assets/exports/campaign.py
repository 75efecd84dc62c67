"""A campaign: the facts that may be told, fixed before anything is counted, by name in a public catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import polars as pl
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from wrapped_assets.contracts.errors import InputError, RefusedError
from wrapped_assets.kernels.texts import normalised
from wrapped_assets.privacy.denied import denied_word, is_denied_day
from wrapped_assets.privacy.untrusted import harmless

if TYPE_CHECKING:
    from wrapped_assets.privacy.snapshot import Snapshot

FILE = "campaigns/{year}.yaml"
LEAST_INHABITANTS = 1_000_000
MOST_FACTS = 100
Template = Literal["artist_in_year", "artist_on_day", "artist_in_city", "recording_in_year"]
NEEDS: dict[str, tuple[str, ...]] = {
    "artist_in_year": ("artist",), "artist_on_day": ("artist", "day"), "artist_in_city": ("artist", "city"),
    "recording_in_year": ("recording", "artist"),
}  # fmt: skip


class Asked(BaseModel):
    """One fact as the campaign's file asks for it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,47}$")
    template: Template
    artist: str
    recording: str | None = None
    day: date | None = None
    city: str | None = None
    required: bool = False


class Campaign(BaseModel):
    """A campaign's file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    facts: list[Asked] = Field(min_length=1, max_length=MOST_FACTS)


class Fact(BaseModel):
    """A fact whose entity the public catalogue knows: what is counted (`entity_id`), and how it is told."""

    model_config = ConfigDict(frozen=True)

    fact_id: str
    template: Template
    entity_id: int
    entity: str
    day: date | None = None
    city: str | None = None
    required: bool = False

    def period(self, year: int) -> str:
        """The day, or the year."""
        return self.day.isoformat() if self.day else str(year)

    def phrase(self, about: int, year: int) -> str:
        """What a poster may say: an amount of people, never one of them."""
        where = f" in {self.city}" if self.city else ""
        when = f"on {self.day.day} {self.day:%B %Y}" if self.day else f"in {year}"
        verb = "played" if self.template == "recording_in_year" else "listened to"
        return f"About {about:,} people{where} {verb} {self.entity} {when}"


def read_campaign(content: bytes, year: int) -> list[Asked]:
    """The facts of a campaign's file; InputError says what is wrong with it."""
    where = FILE.format(year=year)
    try:
        facts = Campaign.model_validate(yaml.safe_load(content)).facts
    except (yaml.YAMLError, UnicodeDecodeError):
        raise InputError(f"{where} cannot be read: expected YAML with a list `facts`") from None
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise InputError(f"{where}: {'.'.join(map(str, first['loc'])) or 'the file'}: {first['msg']}") from None
    if len({each.id for each in facts}) < len(facts):
        raise InputError(f"{where}: each fact needs an id of its own")
    for each in facts:
        given = {name for name in ("artist", "recording", "day", "city") if getattr(each, name) is not None}
        if given != set(NEEDS[each.template]):
            raise InputError(f"{where}: {each.id}: {each.template} takes {', '.join(NEEDS[each.template])} and nothing else")
        if each.day and each.day.year != year:
            raise InputError(f"{where}: {each.id}: the day is not in {year}")
    return facts


@dataclass(frozen=True)
class PublicNames:
    """What the public catalogue names: artists (id, name, genres, key) and recordings (the same, and artists, artist_key)."""

    artists: pl.DataFrame
    recordings: pl.DataFrame
    places: pl.LazyFrame
    deny: Sequence[str]

    @classmethod
    def of(cls, snapshot: Snapshot) -> PublicNames:
        """RefusedError where the edition has no catalogue."""
        tables = {name: snapshot.known(f"known_{name}") for name in ("artists", "recordings", "places")}
        if tables["artists"] is None or tables["recordings"] is None:
            raise RefusedError(
                "facts are told of what a public catalogue knows, and the edition has none: `wrapped catalogue import`, build and publish "
                "again"
            )
        genres = pl.col("genre_names").list.explode(empty_as_null=True).drop_nulls().unique().sort()
        artists = tables["artists"].group_by(id="artist_id").agg(name=pl.col("artist_name").min(), genres=genres)
        credit, artist = pl.col("artist_names").list.join(", "), pl.col("artist_id").min()
        named = {"name": pl.col("recording_name").min(), "artists": credit.min(), "artist": artist}
        same = tables["recordings"].group_by(id="recording_id").agg(**named, own=genres)
        of_artist = artists.select(artist="id", theirs="genres")
        both = pl.col("own").list.concat(pl.col("theirs").fill_null(pl.lit([], pl.List(pl.String))))
        recordings = same.join(of_artist, on="artist", how="left").select("id", "name", "artists", genres=both)
        keyed, credited = normalised(pl.col("name")), normalised(pl.col("artists"))
        nowhere = pl.LazyFrame(schema={"place_name": pl.String, "inhabitants": pl.Int64})
        places = nowhere if tables["places"] is None else tables["places"]
        return cls(
            artists.with_columns(key=keyed).collect(), recordings.with_columns(key=keyed, artist_key=credited).collect(), places,
            snapshot.pinned.policy.deny,
        )  # fmt: skip

    def fact(self, asked: Asked) -> Fact:
        """What is counted for a fact. RefusedError for what nothing may be said about, or what the catalogue does not know just once."""
        if asked.recording is None:
            entity = self._only(self.artists.filter(pl.col("key") == _key(asked.artist)), f"{asked.id}: the artist")
            names, told = [entity["name"]], entity["name"]
        else:
            wanted = (pl.col("key") == _key(asked.recording)) & (pl.col("artist_key") == _key(asked.artist))
            entity = self._only(self.recordings.filter(wanted), f"{asked.id}: the recording")
            names, told = [entity["name"], entity["artists"]], f"“{entity['name']}” by {entity['artists']}"
        if denied_word([*names, *entity["genres"]], self.deny) is not None or (asked.day and is_denied_day(asked.day, self.deny)):
            raise RefusedError(f"{asked.id}: nothing is said about this topic or day; the policy's deny list has it")
        return Fact(
            fact_id=asked.id, template=asked.template, entity_id=entity["id"], entity=harmless(told), day=asked.day,
            city=self._city(asked) if asked.city else None, required=asked.required,
        )  # fmt: skip

    def _city(self, asked: Asked) -> str:
        known = self.places.filter(normalised(pl.col("place_name")) == _key(asked.city or "")).collect()
        if known.height != 1 or (known["inhabitants"][0] or 0) < LEAST_INHABITANTS:
            raise RefusedError(
                f"{asked.id}: facts about a city need one known place of that name with at least {LEAST_INHABITANTS:,} inhabitants"
            )
        return str(known["place_name"][0])

    @staticmethod
    def _only(found: pl.DataFrame, what: str) -> dict[str, Any]:
        if found.height != 1:
            state = "is not in the public catalogue" if found.is_empty() else "is not the only one of that name in the public catalogue"
            raise RefusedError(f"{what} {state}: facts are told of what everybody could name, whoever listened")
        return found.row(0, named=True)


def _key(name: str) -> str:
    return str(pl.select(normalised(pl.lit(name))).item() or "")
