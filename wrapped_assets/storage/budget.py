"""The ledger of differential privacy: charges a year's releases once per request, up to the cap."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from wrapped_assets.contracts.errors import InputError, RefusedError
from wrapped_assets.storage import tables
from wrapped_assets.storage.consents import named
from wrapped_assets.storage.database import claim, insert_new
from wrapped_assets.storage.root import Root

NANO = 1_000_000_000
YEARLY_CAP = NANO // 10  # rho 0.10 for each person and year; at delta 1e-6 that is epsilon 2.1
PICO = NANO * 1000
YEARLY_DELTA_CAP = 2_000_000  # a delta of 2e-6 for what thresholds may give away; telling rho as an epsilon adds one more


@dataclass(frozen=True)
class Spend:
    """What a request paid. `is_fresh`: by this very call, so that the caller, and nobody else, may draw the noise."""

    request_key: str
    account: str
    nano_rho: int
    purpose: str
    spent_at: datetime
    result_path: str | None = None
    result_sha256: str | None = None
    pico_delta: int = 0
    is_fresh: bool = False


@dataclass(frozen=True)
class Balance:
    """An account's cap, and what is spent of it, in nano-rho."""

    cap: int
    spent: int


def yearly_account(year: int, scope: str = "all") -> str:
    """The account of a year's releases. Two scopes of one year must share no person, or nobody's cap would hold."""
    if not re.fullmatch(r"[a-z0-9_-]{1,64}", scope) or not 1000 <= year <= 9999:
        raise InputError("expected a year of four digits, and a scope of small letters, digits, - and _")
    return f"{year}/{scope}"


def open_account(root: Root, account: str, cap: int = YEARLY_CAP) -> Balance:
    """The account, opened where it is not there yet; its cap is fixed then. InputError for a cap above the yearly one."""
    if not re.fullmatch(r"\d{4}/[a-z0-9_-]{1,64}", account):
        raise InputError("expected a budget account as YEAR/SCOPE, such as 2025/all")
    if not 0 < cap <= YEARLY_CAP:
        raise InputError(f"expected a budget's cap above 0 and at most {YEARLY_CAP} nano-rho, got {cap}")
    with root.engine.begin() as connection:
        insert_new(connection, tables.budget_accounts, [{"account": account, "cap_nano_rho": cap, "spent_nano_rho": 0}])
        return _balance(connection, account)


def charge(
    root: Root, account: str, request_key: str, nano_rho: int, *, purpose: str, pico_delta: int = 0, now: datetime | None = None
) -> Spend:  # fmt: skip
    """Pays for a release before its noise is drawn, and returns what was paid.

    A request that paid before does not pay again: its stored spend comes back, with the result where there is one. What failed after it
    paid has no result and keeps its charge; to try again is another request. RefusedError where the account has too little left, or
    where the request paid something else before: nothing is charged then.
    """
    if isinstance(nano_rho, bool) or not isinstance(nano_rho, int) or nano_rho <= 0:
        raise InputError("expected a charge as a whole number of nano-rho above 0")
    if not re.fullmatch(r"[\w:./-]{1,128}", request_key):
        raise InputError("expected a request's key of at most 128 letters, digits and :./-_")
    open_account(root, account)
    accounts, spends = tables.budget_accounts, tables.budget_spends
    spend = Spend(request_key, account, nano_rho, named(purpose).name, (now or datetime.now(UTC)).astimezone(UTC),
                  pico_delta=pico_delta, is_fresh=True)  # fmt: skip
    row = {name: getattr(spend, name) for name in ("request_key", "account", "nano_rho", "pico_delta", "purpose", "spent_at")}
    with root.engine.begin() as connection:
        # The key is taken first: who asks the same at the same moment waits here, and then finds it.
        if not claim(connection, spends, row):
            return _same(_stored(connection, request_key), spend)
        enough = accounts.c.spent_nano_rho + nano_rho <= accounts.c.cap_nano_rho
        sure = accounts.c.spent_pico_delta + pico_delta <= accounts.c.cap_pico_delta
        paid = sa.update(accounts).where(accounts.c.account == account, enough, sure)
        more = {"spent_nano_rho": accounts.c.spent_nano_rho + nano_rho, "spent_pico_delta": accounts.c.spent_pico_delta + pico_delta}
        if connection.execute(paid.values(**more)).rowcount == 0:
            left = _balance(connection, account)
            if left.cap - left.spent >= nano_rho:
                raise RefusedError(f"the privacy budget {account} has too little delta left for a release with a threshold")
            raise RefusedError(  # which takes the key back
                f"the privacy budget {account} has {left.cap - left.spent} of {left.cap} nano-rho left, and this release costs {nano_rho}: "
                "publish less, or wait for the next year"
            )
    return spend


def keep_result(root: Root, request_key: str, path: str, sha256: str) -> Spend:
    """Notes where the one result of a spend lies. RefusedError where nothing was paid, or another result is noted already."""
    table = tables.budget_spends
    with root.engine.begin() as connection:
        free = (table.c.request_key == request_key) & table.c.result_sha256.is_(None)
        connection.execute(sa.update(table).where(free).values(result_path=path, result_sha256=sha256))
        found = _stored(connection, request_key)
        if found is None or (found.result_path, found.result_sha256) != (path, sha256):
            raise RefusedError("a release has one result, kept after payment: this request has another result already, or paid nothing")
    return found


def spend_of(root: Root, request_key: str) -> Spend | None:
    """What a request paid; None where it paid nothing."""
    with root.engine.connect() as connection:
        return _stored(connection, request_key)


def spends_until(root: Root, account: str, at: datetime) -> list[Spend]:
    """What an account paid for up to an instant, in the order of paying; also what failed after it, for its charge stays."""
    table = tables.budget_spends
    query = sa.select(table).where(table.c.account == account, table.c.spent_at <= at).order_by(table.c.spent_at, table.c.request_key)
    with root.engine.connect() as connection:
        return [Spend(**row._mapping) for row in connection.execute(query)]


def balance(root: Root, account: str) -> Balance | None:
    """What an account has spent; None where it was never opened."""
    with root.engine.connect() as connection:
        known = connection.execute(sa.select(tables.budget_accounts.c.account).where(tables.budget_accounts.c.account == account))
        return _balance(connection, account) if known.one_or_none() else None


def _stored(connection: sa.Connection, request_key: str) -> Spend | None:
    table = tables.budget_spends
    found = connection.execute(sa.select(table).where(table.c.request_key == request_key)).one_or_none()
    return None if found is None else Spend(**found._mapping)


def _same(found: Spend | None, asked: Spend) -> Spend:
    """The stored spend, if it is what is asked for again."""
    paid = ("account", "nano_rho", "pico_delta", "purpose")
    if found is None or any(getattr(found, name) != getattr(asked, name) for name in paid):
        raise RefusedError("this request key already paid a different charge: a different release needs its own key")
    return found


def _balance(connection: sa.Connection, account: str) -> Balance:
    table = tables.budget_accounts
    return Balance(*connection.execute(sa.select(table.c.cap_nano_rho, table.c.spent_nano_rho).where(table.c.account == account)).one())
