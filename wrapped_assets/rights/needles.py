"""What a search for an erased listener looks for, and how it is found in texts, bytes and columns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from wrapped_assets.kernels.one_line import one_line
from wrapped_assets.rights.words import form_c, pieces, readings_of, stands_alone
from wrapped_assets.stories.phrases import shortened
from wrapped_assets.vocabulary.columns import BY_NAME

LONG = 6  # a shorter name is found as a whole word in texts; in bytes of unknown form it would be found by chance
PHRASE = 8  # a shorter title is looked for as a whole value only
_SHOWN = (40, 60, 64, 80)  # characters to which pages, cards and texts cut a name
LONGEST_PHRASE = 300  # characters; a search for many longer texts at once takes minutes to prepare
_ESCAPES = r"\\|&|%|=[\w.~-]+\+"  # of a text with one of these, `readings_of` may give others


@dataclass(frozen=True)
class Needles:
    """What was one listener's alone: the name, the surrogate, pseudonyms, and texts that stand in nobody else's plays.

    `phrases` are those of the texts that are long enough, and part of nobody else's texts, so that they are looked for inside of others.
    """

    listener_id: int
    name: str
    pseudonyms: tuple[str, ...] = ()
    texts: frozenset[str] = frozenset()
    phrases: frozenset[str] = frozenset()

    def as_json(self) -> list[object]:
        """A document that `from_json` reads."""
        return [self.listener_id, self.name, list(self.pseudonyms), sorted(self.texts), sorted(self.phrases)]

    @classmethod
    def from_json(cls, document: list) -> Needles:
        """The needles of a document, also of one from before there were phrases."""
        listener_id, name, pseudonyms, texts, *phrases = document
        return cls(listener_id, name, tuple(pseudonyms), frozenset(texts), frozenset(phrases[0] if phrases else ()))


@dataclass(frozen=True)
class Search:
    """The needles of several listeners at once. `ordinary` words of the program or the machine prove nothing where they are found.

    Neither do names that stand in what others heard (`music`), where they are found in pages and playlists.
    """

    people: tuple[Needles, ...]
    ordinary: Collection[str] = ()
    without_pseudonyms: bool = False  # in the registry, whose list of recalls must name them
    music: frozenset[str] = frozenset()

    @cached_property
    def ids(self) -> list[int]:
        return [each.listener_id for each in self.people]

    @cached_property
    def names(self) -> list[str]:
        """The names that prove something, in Unicode's form C: as registered, and as pages show them, on one line and perhaps cut."""
        shown = {one_line(each.name) for each in self.people}
        shown |= {shortened(name, length) for name in shown for length in _SHOWN}
        return sorted({form_c(name) for name in (*shown, *(each.name for each in self.people)) if name} - set(self.ordinary))

    @cached_property
    def words(self) -> list[str]:
        """Everything that is looked for as a whole word of a text."""
        found = {*self.names, *map(str, self.ids), *(form_c(text) for each in self.people for text in each.phrases)}
        if not self.without_pseudonyms:
            found.update(text for each in self.people for text in each.pseudonyms)
        found.update([word.replace(quote, 2 * quote) for word in found for quote in "\"'" if quote in word])  # as CSV and SQL write it
        return sorted(found - set(self.ordinary))

    @cached_property
    def values(self) -> list[str]:
        """Everything that is looked for as the whole value of a cell."""
        return sorted({text for each in self.people for text in each.texts} | set(self.words))

    @cached_property
    def forms(self) -> list[bytes]:
        """What is looked for in bytes of unknown form: surrogates as digits and as eight bytes, pseudonyms, names that are long enough."""
        plain = [form for each in self.ids for form in (str(each).encode(), each.to_bytes(8, "big"), each.to_bytes(8, "little"))]
        long = [name for name in self.names if len(name.encode()) >= LONG]
        if not self.without_pseudonyms:
            plain += [text.encode() for each in self.people for text in each.pseudonyms]
        forms = {unicodedata.normalize(form, name) for name in long for form in ("NFC", "NFD")}
        western = [code for name in long if not name.isascii() and (code := name.encode("cp1252", "ignore")).decode("cp1252") == name]
        return plain + western + [form.encode(code) for form in sorted(forms) for code in ("utf-8", "utf-16-le", "utf-16-be")]

    @cached_property
    def _raw(self) -> re.Pattern[bytes]:
        return re.compile(b"|".join(map(re.escape, self.forms)))

    @cached_property
    def with_registry(self) -> Search:
        """The same for the registry, and for records of what targets have."""
        return Search(self.people, self.ordinary, without_pseudonyms=True, music=self.music)

    @cached_property
    def in_pages(self) -> Search:
        """The same for rendered pages and what lies beside them: those of other people, which name music."""
        found = frozenset({*self.ordinary, *self.music})
        return Search(self.people, found, self.without_pseudonyms) if self.music else self

    @cached_property
    def doubtful(self) -> Search | None:
        """A search for the names that are ordinary words; None where there are none."""
        people = [each for each in self.people if form_c(each.name) in set(self.ordinary)]
        return Search(tuple(Needles(each.listener_id, each.name) for each in people)) if people else None

    def in_text(self, text: str) -> bool:
        """Whether a word that is looked for stands in the text, as it is, or escaped for JSON, HTML or an address."""
        return bool(self.holding(list(pieces(text))))

    def holding(self, texts: Sequence[str]) -> set[int]:
        """The places of those texts in which such a word stands: one look at many texts costs a small part of many looks."""
        readings, places = list[str](), list[int]()
        for place, text in enumerate(texts):
            found = dict.fromkeys(readings_of(text))
            readings += found
            places += [place] * len(found)
        series = pl.Series(readings, dtype=pl.String)
        hits = series.str.contains_any(self.words).arg_true()
        words = series.gather(hits).str.extract_many(self.words, overlapping=True)
        return {
            places[at]
            for at, within in zip(hits, words, strict=True)
            if any(stands_alone(readings[at], word) for word in dict.fromkeys(within.to_list()))
        }

    def holding_bytes(self, contents: Sequence[bytes]) -> set[int]:
        """The places of those contents of unknown form that hold something which cannot be there by chance."""
        one_character_a_byte = pl.Series([content.decode("latin-1") for content in contents], dtype=pl.String)
        return set(one_character_a_byte.str.contains_any([form.decode("latin-1") for form in self.forms]).arg_true())

    def in_texts(self, texts: pl.Series) -> bool:
        """The same for many short texts at once."""
        seen = texts.drop_nulls().unique()
        is_ascii = seen.str.len_bytes() == seen.str.len_chars()
        other_form = seen.filter(~is_ascii)
        other_form = other_form.filter(other_form != other_form.str.normalize("NFC"))
        maybe = pl.concat([seen.filter(seen.str.contains_any(self.words) | seen.str.contains(_ESCAPES)), other_form])
        return bool(self.holding([piece for text in maybe for piece in pieces(text)]))

    def in_bytes(self, content: bytes | memoryview) -> bool:
        """Whether bytes of unknown form hold something that cannot be there by chance."""
        return self._raw.search(content) is not None

    def in_frame(self, frame: pl.DataFrame, *, is_public: bool = False) -> str | None:
        """The first column that holds something; None where none does. `is_public`: texts are a catalogue's, whoever listened."""
        for column in frame.iter_columns():
            if any(self._in_column(column.name, part, is_public) for part in _flat(column)):
                return column.name
        return None

    def _in_column(self, name: str, values: pl.Series, is_public: bool) -> bool:
        if values.dtype.is_integer():
            return values.dtype in (pl.Int64, pl.UInt64) and values.is_in(self.ids).any()
        if values.dtype == pl.Binary:
            return any(self.in_bytes(each) for each in values.drop_nulls())
        if values.dtype != pl.String:
            return False
        if name in BY_NAME:  # a text of the lake is about music, which may be called as a listener is
            return not is_public and values.is_in([text for text in self.values if text not in self.names]).any()
        return values.is_in(self.values).any() or self.in_texts(values)


def phrase_of(text: str) -> str | None:
    """What of a title is looked for inside of other texts: all of it, or the words it begins with; None where that is too short."""
    begins = text if len(text) <= LONGEST_PHRASE else " ".join(text[:LONGEST_PHRASE].split(" ")[:-1])
    return begins if len(begins) >= PHRASE else None


def _flat(column: pl.Series) -> Iterator[pl.Series]:
    """The plain values of a column, out of whatever lists and structures."""
    if isinstance(column.dtype, pl.List | pl.Array):
        yield from _flat(column.explode(empty_as_null=True))
    elif isinstance(column.dtype, pl.Struct):
        for name in column.struct.fields:
            yield from _flat(column.struct.field(name))
    else:
        yield column.cast(pl.String) if isinstance(column.dtype, pl.Categorical | pl.Enum) else column
