"""The fideslang data category of every column, for privacy officers and their tools."""

from __future__ import annotations

from collections.abc import Iterable

from wrapped_assets.vocabulary.columns import BY_NAME, Column, PrivacyClass

# From the most to the least sensitive class.
DELICACY: tuple[PrivacyClass, ...] = ("direct", "sensitive", "pseudonym", "quasi", "own_content", "aggregate", "public")
# Classes whose columns are about a person in every table.
PERSONAL: frozenset[PrivacyClass] = frozenset(DELICACY[: DELICACY.index("own_content") + 1])

# The columns that identify a listener, in any row.
LISTENER_IDS: frozenset[str] = frozenset(name for name, column in BY_NAME.items() if column.privacy in ("direct", "pseudonym"))

UNCLASSIFIED = "user"  # the taxonomy's widest category; a test requires a narrower one
# The default category of a class's columns. Columns of the other classes (quasi, sensitive) must be listed below.
_OF_CLASS = {
    "direct": "user.name",
    "pseudonym": "user.unique_id.pseudonymous",
    "own_content": "user.behavior.media_consumption",
    "aggregate": "user.behavior.media_consumption",  # about many people: the class says that it is about no single person
    "public": "system.operations",
}
_OF_COLUMN = {
    "birth_band": "user.demographic.age_range",
    "birth_year": "user.demographic.date_of_birth",
    "chart_country": "user.location.imprecise",
    "country": "user.location.imprecise",
    "country_count": "user.location.imprecise",
    "exclusion_kind": "user.privacy_preferences",
    "group_id": "user.social",
    "is_findable": "user.privacy_preferences",
    "is_alike": "user.behavior.media_consumption",
    "is_shared": "user.privacy_preferences",
    "is_recommending": "user.privacy_preferences",
    "is_sharing": "user.privacy_preferences",
    "is_private": "user.behavior.media_consumption",
    "place_name": "user.location.imprecise",
    "target_id": "user.privacy_preferences",
    "time_zone": "user.location.imprecise",
}


def category_of(column: Column) -> str:
    """The column's fideslang data category; UNCLASSIFIED for a quasi-identifying or sensitive column that is not listed here."""
    return _OF_COLUMN.get(column.name) or _OF_CLASS.get(column.privacy, UNCLASSIFIED)


def class_of_table(columns: Iterable[Column], *, is_by_listener: bool) -> PrivacyClass:
    """The most sensitive class among a table's columns; for a table in listener buckets at least `own_content`.

    In such a table even a row about music reveals that a listener of the bucket heard it.
    """
    found: set[PrivacyClass] = {column.privacy for column in columns} | ({"own_content"} if is_by_listener else set())
    return min(found, key=DELICACY.index, default="public")
