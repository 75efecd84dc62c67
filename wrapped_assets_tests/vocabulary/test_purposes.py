"""Purposes: in the taxonomy's words, told alike in the program, the database and the documents."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from wrapped_assets.storage import tables
from wrapped_assets.vocabulary.purposes import LAWFUL_BASES, OPENS, PURPOSES, STATES, purpose_named

OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"
# From fideslang 3.1.4, whose own pins do not go with the product's.
DATA_USES = {
    "analytics", "analytics.reporting", "analytics.reporting.ad_performance", "analytics.reporting.campaign_insights",
    "analytics.reporting.content_performance", "collect", "essential", "essential.legal_obligation", "essential.service",
    "functional", "functional.service", "marketing", "marketing.advertising", "marketing.advertising.first_party",
    "marketing.advertising.profiling", "marketing.advertising.third_party", "personalize", "personalize.content",
    "personalize.content.limited", "personalize.content.profiled", "personalize.content.profiling", "sales", "third_party_sharing",
}  # fmt: skip
EVERY = [*PURPOSES.values(), purpose_named("partner:acme")]


@pytest.mark.parametrize("purpose", EVERY, ids=lambda purpose: purpose.name)
def test_a_purpose_is_in_the_taxonomy_has_a_basis_and_says_what_it_means_to_me(purpose) -> None:
    assert purpose.data_use in DATA_USES
    assert purpose.lawful_basis in LAWFUL_BASES
    assert re.search(r"\b(I|me|my|My)\b", purpose.meaning)
    assert len(purpose.name) <= tables.consent_events.c.purpose.type.length


def test_the_documents_name_every_purpose_with_its_basis() -> None:
    section = OPERATIONS.read_text(encoding="utf-8").partition("## What listeners agree to")[2].partition("\n## ")[0]
    stated = dict(re.findall(r"^\| `([a-z_]+(?::RECIPIENT)?)` \|[^|]+\| ([a-z ]+) \|$", section, re.MULTILINE))
    known = {purpose.name.replace(":acme", ":RECIPIENT"): purpose.lawful_basis.replace("_", " ") for purpose in EVERY}
    assert stated == known


def test_the_database_knows_the_same_states_and_given_is_the_most_permissive() -> None:
    checks = [str(each.sqltext) for each in tables.consent_events.constraints if isinstance(each, sa.CheckConstraint)]
    assert [tuple(re.findall(r"'(\w+)'", check)) for check in checks] == [STATES]
    assert STATES[-1] == OPENS


@pytest.mark.parametrize("name", ["", "partner", "partner:", "partner:A", "partner:-a", "partner:a b", "partner:" + "a" * 49, "be_found "])
def test_what_is_no_purpose_is_an_error_that_names_those_there_are(name: str) -> None:
    with pytest.raises(ValueError, match="be_found"):
        purpose_named(name)


def test_a_partners_purpose_knows_its_recipient() -> None:
    assert purpose_named("partner:acme-2").recipient == "acme-2"
    assert purpose_named("group").recipient is None
