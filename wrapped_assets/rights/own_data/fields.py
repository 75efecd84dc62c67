"""The field dictionary: every column of every file with its type, unit, meaning and class; a column that nobody described cannot leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from wrapped_assets.contracts.errors import RefusedError
from wrapped_assets.privacy.policy import ColumnRule
from wrapped_assets.vocabulary.categories import category_of
from wrapped_assets.vocabulary.columns import BY_NAME, Column

OWNER = "listener_id"  # in every row of every file: whose it is
_TYPES: tuple[tuple[type[pl.DataType], str], ...] = (
    (pl.Boolean, "true or false"), (pl.Datetime, "instant, ISO 8601 in UTC"), (pl.Date, "day, YYYY-MM-DD"), (pl.String, "text"),
)  # fmt: skip
_DICTIONARY = {
    "file": "A file's name without its ending: data/NAME.json and data/NAME.csv have the same columns.",
    "column": "A column of it.",
    "type": "What kind of value.",
    "unit": "Of what unit; empty where it has none.",
    "meaning": "What it says.",
    "privacy_class": "How close to a person: direct, sensitive, pseudonym, quasi, own_content, aggregate or public.",
    "data_category": "The same in the words of the fideslang taxonomy.",
}


@dataclass(frozen=True)
class Field:
    """One column of one file, as the dictionary describes it."""

    name: str
    type: str
    unit: str
    meaning: str
    privacy: str
    category: str


def is_of_somebody_else(column: str) -> bool:
    """Whether a column says who another person is: such columns stay inside, their rows do not."""
    return column != OWNER and column.endswith(("listener_id", "listener_name"))


def fields_of(frame: pl.DataFrame, rules: Mapping[str, ColumnRule] | None = None) -> tuple[Field, ...]:
    """The fields of a frame, in its order: as its policy describes them, or else the vocabulary.

    RefusedError for a column that neither knows.
    """
    return tuple(_field(name, dtype, (rules or {}).get(name)) for name, dtype in frame.schema.items())


def _field(name: str, dtype: pl.DataType, rule: ColumnRule | None) -> Field:
    if is_of_somebody_else(name) and rule is None:
        raise RefusedError(f"the column {name} is about other people and may not be in a listener's own data")
    if rule is not None:
        return Field(name, type_of(dtype), "", rule.meaning, rule.privacy, rule.category)
    if name in BY_NAME:
        return _of_column(BY_NAME[name], name, dtype, BY_NAME[name].meaning)
    for suffix, ending in (("_name", "_id"), ("", "_code")):  # words that stand beside an id, or in the place of a code
        beside = BY_NAME.get(name.removesuffix(suffix) + ending) if name.endswith(suffix) else None
        if beside is not None:
            return _of_column(beside, name, dtype, f"In words: {beside.meaning}" if suffix == "" else f"Name of: {beside.meaning}")
    raise RefusedError(f"the column {name} has no description, so it cannot be exported: add it to the vocabulary")


def _of_column(column: Column, name: str, dtype: pl.DataType, meaning: str) -> Field:
    return Field(name, type_of(dtype), column.unit, meaning, column.privacy, category_of(column))


def type_of(dtype: pl.DataType) -> str:
    """A type in words that no program's name is needed for."""
    if isinstance(dtype, pl.List):
        return f"list of: {type_of(dtype.inner)}; in CSV with semicolons between"  # type: ignore[arg-type]
    if dtype.is_integer():
        return "whole number, up to 19 digits" if dtype == pl.Int64 else "whole number"
    if dtype.is_float():
        return "number"
    return next((words for kind, words in _TYPES if isinstance(dtype, kind)), "text")


def dictionary_frame(files: Iterable[tuple[str, Iterable[Field]]]) -> pl.DataFrame:
    """The dictionary as a table: file, column, type, unit, meaning, privacy_class, data_category."""
    own = [Field(name, "text", "", meaning, "public", "system.operations") for name, meaning in _DICTIONARY.items()]
    rows = [(file, *vars(field).values()) for file, fields in (*files, ("dictionary", own)) for field in fields]
    return pl.DataFrame(rows, schema=dict.fromkeys(_DICTIONARY, pl.String), orient="row")
