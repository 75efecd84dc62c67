"""From rho to epsilon: as the paper's formula says, and never less for more."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wrapped_assets.kernels.privacy_loss import epsilon_of


def by_the_formula(rho: float, delta: float) -> float:
    """Proposition 12 of Canonne, Kamath and Steinke, The Discrete Gaussian for Differential Privacy (2020), tried at many orders."""
    excesses = (math.exp(low / 2000) for low in range(-18_000, 32_000))  # of the order less one
    bounds = ((1 + e) * rho + (-math.log(delta) - math.log1p(e)) / e + math.log1p(-1 / (1 + e)) for e in excesses)
    return max(0.0, min(bounds))


@pytest.mark.parametrize("delta", [1e-9, 1e-6, 1e-3])
@pytest.mark.parametrize("rho", [0.001, 0.0238, 0.1, 1.0])
def test_it_is_as_tight_as_the_best_order_of_the_published_bound(rho: float, delta: float) -> None:
    assert epsilon_of(rho, delta) == pytest.approx(by_the_formula(rho, delta), rel=1e-6)


@settings(max_examples=25)
@given(st.floats(0), st.floats(0))
@example(0.0, 5e-324)
@example(1e4, math.nextafter(1e4, math.inf))
@example(1e308, math.inf)
def test_more_rho_is_never_less_epsilon(one: float, other: float) -> None:
    assert epsilon_of(min(one, other)) <= epsilon_of(max(one, other)) * (1 + 1e-9) + 1e-9


def test_nothing_spent_is_nothing_lost() -> None:
    assert epsilon_of(0) == 0
