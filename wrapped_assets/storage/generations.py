"""Which state of people's words and names something was rendered from: what was rendered from an earlier one is not shown again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

import sqlalchemy as sa

from wrapped_assets.storage import tables
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.schema import Instant
from wrapped_assets.storage.transactions import snapshot

_PEOPLE = "people"  # triggers of the schema count it up, in the transaction of whoever writes


class Generation(NamedTuple):
    """`number` grows with every consent, restriction, erasure, new name and change of a group; `expired`: when a consent last ran out."""

    number: int
    expired: datetime | None


def generation(root: Root) -> Generation:
    """The state as of now: two look-ups, however many listeners there are."""
    counted, events = tables.generations, tables.consent_events
    ended = sa.select(sa.func.max(events.c.valid_until, type_=Instant)).where(events.c.valid_until <= datetime.now(UTC))
    with snapshot(root.engine) as reader:
        number = reader.execute(sa.select(counted.c.number).where(counted.c.name == _PEOPLE)).scalar_one()
        return Generation(number, reader.execute(ended).scalar())
