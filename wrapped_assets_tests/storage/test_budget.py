"""The privacy budget: never more than the cap, nothing twice for one request, whoever asks at the same time."""

from __future__ import annotations

import multiprocessing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wrapped_assets.contracts.errors import InputError, RefusedError
from wrapped_assets.storage import tables
from wrapped_assets.storage.budget import NANO, YEARLY_CAP, Balance, balance, charge, keep_result, open_account, spend_of, yearly_account
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.storage.registries import emptied, made, registry

__all__ = ["made", "registry"]

ALL = yearly_account(2025)
TENTH = YEARLY_CAP // 10


def _pay(path: Path, keys: list[str], barrier: Any, results: Any) -> None:
    """Charges each key in turn, as a process of its own; puts what became of each."""
    root = Root.open(path)
    with root.engine.connect():
        barrier.wait()
    for key in keys:
        try:
            results.put("paid" if charge(root, ALL, key, TENTH, purpose="charts").is_fresh else "stored")
        except RefusedError:
            results.put("refused")
        except Exception as error:
            results.put(repr(error))
    root.engine.dispose()


def at_once(root: Root, keys: list[list[str]]) -> dict[str, int]:
    """How often each outcome came of processes that charge at the same time, each its own keys."""
    context = multiprocessing.get_context("fork")
    barrier, results = context.Barrier(len(keys)), context.Queue()
    root.engine.dispose()  # a connection must not be shared with a child
    workers = [context.Process(target=_pay, args=(root.path, each, barrier, results)) for each in keys]
    for worker in workers:
        worker.start()
    found = [results.get(timeout=60) for each in keys for _ in each]
    for worker in workers:
        worker.join()
    return {outcome: found.count(outcome) for outcome in sorted(set(found))}


def test_forty_charges_of_a_tenth_at_once_are_accepted_exactly_ten_times(registry: Root) -> None:
    keys = [[f"request-{worker}-{turn}" for turn in range(4)] for worker in range(10)]
    assert at_once(registry, keys) == {"paid": 10, "refused": 30}
    assert balance(registry, ALL) == Balance(YEARLY_CAP, YEARLY_CAP)
    with registry.engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.sum(tables.budget_spends.c.nano_rho))).scalar() == YEARLY_CAP


def test_processes_that_ask_the_same_at_once_pay_once(registry: Root) -> None:
    assert at_once(registry, [["the-chart"]] * 8) == {"paid": 1, "stored": 7}
    assert balance(registry, ALL) == Balance(YEARLY_CAP, TENTH)


CHARGES = st.lists(st.tuples(st.sampled_from(["2025/all", "2026/all"]), st.integers(0, 9), st.integers(1, 6)), max_size=20)


@given(charges=CHARGES)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_slow_twin_agrees_on_what_is_accepted(registry: Root, charges: list[tuple[str, int, int]]) -> None:
    emptied(registry)
    paid: dict[int, tuple[str, int]] = {}
    for account, key, tenths in charges:
        spent = sum(amount for where, amount in paid.values() if where == account)
        refused = paid[key] != (account, tenths) if key in paid else spent + tenths > 10
        if refused:
            with pytest.raises(RefusedError):
                charge(registry, account, f"k{key}", tenths * TENTH, purpose="charts")
        else:
            assert charge(registry, account, f"k{key}", tenths * TENTH, purpose="charts").is_fresh == (key not in paid)
            paid.setdefault(key, (account, tenths))
    for account in {account for account, _, _ in charges}:
        assert balance(registry, account) == Balance(YEARLY_CAP, TENTH * sum(amount for where, amount in paid.values() if where == account))


def test_what_is_refused_says_why_charges_nothing_and_may_be_asked_again_for_less(registry: Root) -> None:
    charge(registry, ALL, "first", 8 * TENTH, purpose="marketing")
    with pytest.raises(RefusedError, match="20000000 of 100000000 nano-rho left, and this release costs 30000000"):
        charge(registry, ALL, "second", 3 * TENTH, purpose="marketing")
    assert spend_of(registry, "second") is None
    assert charge(registry, ALL, "second", 2 * TENTH, purpose="marketing").is_fresh
    assert balance(registry, ALL) == Balance(YEARLY_CAP, YEARLY_CAP)


def test_a_request_that_paid_comes_back_with_its_result_and_a_failed_one_keeps_its_charge(registry: Root) -> None:
    charge(registry, ALL, "kept", TENTH, purpose="charts")
    charge(registry, ALL, "failed", TENTH, purpose="charts")
    keep_result(registry, "kept", "exports/chart.parquet", "a" * 64)
    kept, failed = (charge(registry, ALL, key, TENTH, purpose="charts") for key in ("kept", "failed"))
    assert (kept.is_fresh, kept.result_path, kept.result_sha256) == (False, "exports/chart.parquet", "a" * 64)
    assert (failed.is_fresh, failed.result_path) == (False, None)
    assert balance(registry, ALL) == Balance(YEARLY_CAP, 2 * TENTH)


def test_a_request_has_one_result_and_none_before_it_paid(registry: Root) -> None:
    charge(registry, ALL, "chart", TENTH, purpose="charts")
    for _ in range(2):
        assert keep_result(registry, "chart", "one", "a" * 64) == spend_of(registry, "chart")
    with pytest.raises(RefusedError, match="one result"):
        keep_result(registry, "chart", "two", "b" * 64)
    with pytest.raises(RefusedError, match="kept after payment"):
        keep_result(registry, "another", "one", "a" * 64)


@pytest.mark.parametrize("changes", [{"account": "2026/all"}, {"nano_rho": TENTH - 1}, {"purpose": "marketing"}])
def test_another_release_under_the_same_key_is_refused(registry: Root, changes: dict[str, Any]) -> None:
    asked = {"account": ALL, "nano_rho": TENTH, "purpose": "charts"}
    charge(registry, request_key="chart", **asked)
    with pytest.raises(RefusedError, match="needs its own key"):
        charge(registry, request_key="chart", **asked | changes)


def test_an_account_keeps_the_cap_it_was_opened_with_and_no_cap_is_above_the_yearly_one(registry: Root) -> None:
    assert NANO == 10 * YEARLY_CAP
    assert open_account(registry, ALL, TENTH) == open_account(registry, ALL) == Balance(TENTH, 0)
    with pytest.raises(RefusedError):
        charge(registry, ALL, "chart", TENTH + 1, purpose="charts")
    with pytest.raises(InputError, match="at most"):
        open_account(registry, "2026/all", YEARLY_CAP + 1)
    assert balance(registry, "2026/all") is None


def test_the_database_itself_refuses_an_account_beyond_its_cap(registry: Root) -> None:
    charge(registry, ALL, "chart", YEARLY_CAP, purpose="charts")
    with pytest.raises(sa.exc.IntegrityError), registry.engine.begin() as connection:
        connection.execute(sa.update(tables.budget_accounts).values(spent_nano_rho=YEARLY_CAP + 1))


@pytest.mark.parametrize(
    "changes",
    [{"nano_rho": 0}, {"nano_rho": -1}, {"nano_rho": True}, {"nano_rho": 0.5}, {"account": "all"}, {"account": "2025/A B"},
     {"request_key": ""}, {"request_key": "a b"}, {"purpose": "fun"}],
    ids=str,
)  # fmt: skip
def test_a_charge_that_makes_no_sense_is_an_error_and_charges_nothing(registry: Root, changes: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        charge(registry, **{"account": ALL, "request_key": "chart", "nano_rho": TENTH, "purpose": "charts"} | changes)
    with registry.engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(tables.budget_spends)).scalar() == 0


@pytest.mark.parametrize(("year", "scope"), [(25, "all"), (2025, ""), (2025, "A")])
def test_an_account_is_a_year_and_a_population(year: int, scope: str) -> None:
    with pytest.raises(InputError):
        yearly_account(year, scope)
