"""How the story of other months than a year is told: its title, and the sentences that a year's would misname."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import Any

from babel import dates

from wrapped_assets.stories.catalogue import message
from wrapped_assets.stories.language import Language, language_of
from wrapped_assets.vocabulary.spans import Span

# A message of a year's story → that of other months.
OF_MONTHS = MappingProxyType({
    "A quiet year": message("A quiet time"),
    "A year in music": message("A time in music"),
    "Found this year, and kept: {recording}.": message("Found, and kept: {recording}."),
    "How many minutes of music was your year?": message("How many minutes of music was it?"),
    "How well do you know your year?": message("How well do you know your music?"),
    "Songs first heard this year, by listens": message("Songs first heard in this time, by listens"),
    "The year drawn as a record: {days:days} with music.": message("The time drawn as a record: {days:days} with music."),
    "The year in listens": message("The time in listens"),
    "The year in minutes": message("The time in minutes"),
    "The year of {name}.": message("The music of {name}."),
    "Your album of the year: {release_group}.": message("Your album: {release_group}."),
    "Your artist of the year: {artist}, {listen_count} listens.": message("Your artist: {artist}, {listen_count} listens."),
    "Your genre of the year: {genre_name}.": message("Your genre: {genre_name}."),
    "Your song of the year: {recording}, {listen_count} listens.": message("Your song: {recording}, {listen_count} listens."),
    "Your year began with {recording}.": message("It began with {recording}."),
    "Your year, day by day.": message("Day by day."),
    "first time this year": message("first time in these months"),
    "furthest from the rest of your year": message("furthest from all other days"),
    "how the year began, {count:listens}": message("how a year began, {count:listens}"),
    "most of your artist of the year, {count:listens}": message("most of your top artist, {count:listens}"),
    "most of your genre of the year, {count:listens}": message("most of your top genre, {count:listens}"),
    "this year": message("in this time"),
    "with this song this year": message("with this song"),
    "{name} · {year} in music": message("{name} · {year}"),
})  # fmt: skip


class LanguageOfMonths(Language):
    """A language that says no year where other months are told."""

    def knows(self, text: str) -> bool:
        return super().knows(OF_MONTHS.get(text, text))

    def template(self, text: str) -> str:
        return super().template(OF_MONTHS.get(text, text))

    def say(self, text: str, **values: Any) -> str:
        return super().say(OF_MONTHS.get(text, text), **values)


@cache
def language_of_months(tag: str) -> Language:
    """The language of a tag, for other months than a year."""
    language_of(tag)  # refuses what there is no catalogue for
    return LanguageOfMonths(tag)


def title_of(name: str, months: Span, told: Language) -> str:
    """A span's title: "March 2025", "December 2024 – February 2025", "2020s", "2025 so far" or "All time"."""
    if name == "all":
        return told.say("All time")
    if name.endswith("s"):
        return told.say("{year}s", year=name.removesuffix("s"))
    if name.endswith("-to-date"):
        return told.say("{year} so far", year=name.removesuffix("-to-date"))
    if months.first == months.last:
        return dates.format_skeleton("yMMMM", months.first.first_day, locale=told.cldr)
    return dates.format_interval(months.first.first_day, months.last.first_day, "yMMMM", locale=told.cldr).replace("\N{THIN SPACE}", " ")
