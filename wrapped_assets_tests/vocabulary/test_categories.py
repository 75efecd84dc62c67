"""Classification: every column has a class and a category, and nothing personal turns into something harmless by a name alone."""

from __future__ import annotations

import polars as pl
import pytest

from wrapped_assets.building.rehearsal import rehearse
from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.exports.all_exports import all_exports
from wrapped_assets.privacy.policy import export_names, policy_of
from wrapped_assets.vocabulary.categories import DELICACY, PERSONAL, UNCLASSIFIED, category_of, class_of_table
from wrapped_assets.vocabulary.columns import BY_NAME
from wrapped_assets_tests.insights.worlds import SURROUNDINGS, YEAR, ZONES, everyone, rehearsed

# All 85 of fideslang 3.1.4, whose own pins do not go with the product's.
DATA_CATEGORIES = {
    "system", "system.authentication", "system.operations", "user", "user.account", "user.account.settings", "user.account.username",
    "user.authorization", "user.authorization.biometric", "user.authorization.credentials", "user.authorization.password",
    "user.behavior", "user.behavior.browsing_history", "user.behavior.media_consumption", "user.behavior.purchase_history",
    "user.behavior.search_history", "user.biometric", "user.biometric.fingerprint", "user.biometric.health", "user.biometric.retinal",
    "user.biometric.voice", "user.childrens", "user.contact", "user.contact.address", "user.contact.address.city",
    "user.contact.address.country", "user.contact.address.postal_code", "user.contact.address.state", "user.contact.address.street",
    "user.contact.email", "user.contact.fax_number", "user.contact.organization", "user.contact.phone_number", "user.contact.url",
    "user.content", "user.content.private", "user.content.public", "user.content.self_image", "user.criminal_history",
    "user.demographic", "user.demographic.age_range", "user.demographic.date_of_birth", "user.demographic.gender",
    "user.demographic.language", "user.demographic.marital_status", "user.demographic.political_opinion", "user.demographic.profile",
    "user.demographic.race_ethnicity", "user.demographic.religious_belief", "user.demographic.sexual_orientation", "user.device",
    "user.device.cookie", "user.device.cookie_id", "user.device.device_id", "user.device.ip_address", "user.financial",
    "user.financial.bank_account", "user.financial.credit_card", "user.government_id", "user.government_id.birth_certificate",
    "user.government_id.drivers_license_number", "user.government_id.immigration", "user.government_id.national_identification_number",
    "user.government_id.passport_number", "user.government_id.vehicle_registration", "user.health_and_medical",
    "user.health_and_medical.genetic", "user.health_and_medical.insurance_beneficiary_id", "user.health_and_medical.record_id",
    "user.job_title", "user.location", "user.location.imprecise", "user.location.precise", "user.name", "user.name.first",
    "user.name.last", "user.payment", "user.privacy_preferences", "user.sensor", "user.social", "user.telemetry", "user.unique_id",
    "user.unique_id.pseudonymous", "user.user_sensor", "user.workplace",
}  # fmt: skip
GRAPH = project_graph()
ALL = list(GRAPH.by_key.values())
PEOPLE = {name for name in BY_NAME if name.endswith(("listener_id", "group_id")) and name != "release_group_id"}
ABOUT_MANY = [one for one in ALL if one.kind == "year" and not PEOPLE & set(one.schema)]
# Reviewed: what a column of a figure about many people may be, although its class is that of one listener's data.
KEYS = {
    "artist_id", "axis", "birth_band", "club_name", "country", "is_weekend", "local_hour", "month", "place_name", "recording_id",
    "release_group_id",
}  # fmt: skip
SUMMED = {"cumulative_listen_count", "listen_count", "minutes", "play_count"}  # over everybody in the group
# Ladders have single listeners' values, without a word about whose: a listener's place among all is looked up in them.
LADDERS = {
    "population/axis_ladder": "axis_value", "population/club_ladder": "club_value", "population/fan_minutes_ladder": "ms_played",
    "population/minutes_ladder": "ms_played",
}  # fmt: skip
# Reviewed: figures that small groups are not taken out of. They are read by what does so, told on the operator's machine, and never leave.
INSIDE = {
    *LADDERS, "population/artist_chart", "population/artist_countries", "population/edition_totals", "population/listening_moments",
    "population/popular_recordings", "population/recording_chart", "population/recording_countries", "population/recording_milestones",
    "population/release_group_chart", "population/release_group_countries",
}  # fmt: skip
# Reviewed: public columns of a listener's own tables. They say of music what the catalogue says, whoever heard it.
ABOUT_MUSIC = {"genre_share", "genre_source", "is_track_count_known"}


@pytest.mark.parametrize("column", BY_NAME.values(), ids=BY_NAME)
def test_every_column_has_a_class_and_a_category_of_the_taxonomy(column) -> None:
    assert column.privacy in DELICACY
    assert category_of(column) in DATA_CATEGORIES
    assert category_of(column) != UNCLASSIFIED, "name it in vocabulary/categories.py: its class alone does not say what it is"


@pytest.mark.parametrize("export", export_names())
def test_every_column_that_may_leave_has_a_category_of_the_taxonomy(export: str) -> None:
    rules = [rule for columns in policy_of(export).policy.files.values() for rule in columns.values()]
    assert rules
    assert {rule.category for rule in rules} <= DATA_CATEGORIES
    if export != "own_data":
        assert not {rule.privacy for rule in rules} & {"direct", "sensitive"}


@pytest.mark.parametrize("asset", ALL, ids=lambda one: one.key)
def test_what_lies_in_listeners_buckets_is_personal_whatever_it_is_called(asset: Declaration) -> None:
    """Also a table about music: that a row is there says that somebody in the bucket heard it."""
    found = class_of_table(asset.columns, is_by_listener=asset.kind != "year")
    assert found in PERSONAL or asset.kind == "year"
    if PEOPLE & set(asset.schema):
        assert DELICACY.index(found) <= DELICACY.index("pseudonym")


@pytest.mark.parametrize("asset", ALL, ids=lambda one: one.key)
def test_a_new_harmless_column_comes_of_a_group_or_was_reviewed(asset: Declaration) -> None:
    """A column is as delicate as the one of its name that is read. One that is not read is new: made of everything that is.

    About a group it may be where a figure about twenty or more is read, in which a listener is then told their place.
    """
    read = {name for _, found in GRAPH.inputs(asset) for name in found.columns}
    if asset in ABOUT_MANY or not any(BY_NAME[name].privacy in PERSONAL for name in read):
        return
    new = {column.name for column in asset.columns if column.name not in read and column.privacy not in PERSONAL}
    if any((GRAPH.by_key[key].minimum_group or 0) >= 20 for key, _ in GRAPH.inputs(asset) if key in GRAPH.by_key):
        new -= {name for name in new if BY_NAME[name].privacy == "aggregate"}
    assert not new - ABOUT_MUSIC, "classify it as own_content; or, if it says of music what a catalogue says, list it above for review"


@pytest.mark.parametrize("asset", ABOUT_MANY, ids=lambda one: one.key)
def test_a_figure_about_many_names_things_and_sums_and_never_a_small_group(asset: Declaration) -> None:
    personal = {column.name for column in asset.columns if column.privacy in PERSONAL}
    unreviewed = personal - KEYS - SUMMED - {LADDERS.get(asset.key, "")}
    assert not unreviewed, "say by which of the reviewed ways one listener's data becomes a figure about many"
    assert (asset.minimum_group or 0) >= 20 or asset.key in INSIDE


def test_no_export_reads_what_stays_inside() -> None:
    read = {asset for export in all_exports().values() for asset in export.reads}
    assert not read & INSIDE


def renamed() -> dict[tuple[str, str], pl.DataFrame]:
    """Everything computed for the same people under other names, in another order: so with other surrogates."""
    names = {name: f"somebody-{number}" for number, name in enumerate(sorted(everyone(), reverse=True))}
    surroundings = dict(SURROUNDINGS)
    surroundings["people"] = {names[name]: said for name, said in surroundings["people"].items()}
    surroundings["groups"] = {group: [names[name] for name in members] for group, members in surroundings["groups"].items()}
    zones = {names[name]: zone for name, zone in ZONES.items()}
    return rehearse({names[name]: everyone()[name] for name in reversed(everyone())}, [YEAR - 1, YEAR], time_zones=zones, **surroundings)


def test_renaming_everybody_changes_no_figure_about_many() -> None:
    """Neither by a hash of a name, nor by a tie that goes by surrogate, nor by the order of rows."""
    before, after = rehearsed(), renamed()
    keys = [(asset.key, str(YEAR)) for asset in ABOUT_MANY]
    assert not [key for key in keys if not before[key].height]
    assert not [key for key in keys if not before[key].equals(after[key])]
