"""Who stands open for a purpose at an instant, by the record of consents (`consents.py`)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.storage.reading import Reader
from wrapped_assets.vocabulary.purposes import OPENS, Purpose, purpose_named

# Of events that are equally late, the least permissive first, and of those the one that ends first.
_LEAST_FIRST = "case when state = :opens then 1 else 0 end, valid_until asc nulls last"
_OPEN = f"""
select listener_id from (
    select
        said.listener_id,
        case when said.state = :opens and (said.valid_until is null or said.valid_until > :at) then 1 else 0 end as is_open,
        row_number() over (partition by said.listener_id order by valid_from desc, {_LEAST_FIRST}) as by_date,
        row_number() over (partition by said.listener_id order by sequence desc, valid_from desc, {_LEAST_FIRST}) as by_record
    from consent_events said join listeners known on known.listener_id = said.listener_id
    where said.purpose = :purpose and (said.valid_from <= :at or said.state <> :opens)
        and said.listener_id not in (select listener_id from restrictions){{whose}}
) words
where by_date = 1 or by_record = 1
group by listener_id
having min(is_open) = 1
order by listener_id
"""  # noqa: S608 (our own names)


def standing(reader: Reader, purpose: str, at: datetime, whom: Collection[int] | None = None) -> list[int]:
    """The listeners who stand open for a purpose at an instant, of some or of all, by surrogate, ascending.

    Open is who is known and not restricted, and whose last event says `given` and has not run out: the last by date and the last by the
    order of recording. Of events that are equally late the least permissive counts; of those the one that ends first. A yes counts from
    its date on, a no always. InputError for a purpose that is none.
    """
    if at.tzinfo is None:
        raise InputError("expected an instant with its offset from UTC")
    values = {"purpose": named(purpose).name, "at": at, "opens": OPENS}
    if whom is None:
        return [listener_id for (listener_id,) in reader.rows(_OPEN.format(whose=""), **values)]
    of_some = _OPEN.format(whose=" and said.listener_id in :whom")
    return [listener_id for some in reader.parts_of(whom) for (listener_id,) in reader.rows(of_some, whom=some, **values)]


def named(purpose: str) -> Purpose:
    """The purpose of that name; InputError where there is none."""
    try:
        return purpose_named(purpose)
    except ValueError as error:
        raise InputError(str(error)) from None
