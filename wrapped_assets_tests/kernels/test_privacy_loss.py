"""From rho to epsilon: as the library of differential privacy converts it, and never less for more."""

from __future__ import annotations

import math

import opendp.prelude as dp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wrapped_assets.kernels.privacy_loss import epsilon_of

dp.enable_features("contrib")


@pytest.mark.parametrize("delta", [1e-9, 1e-6, 1e-3])
@pytest.mark.parametrize("rho", [0.001, 0.0238, 0.1, 1.0])
def test_the_library_of_differential_privacy_agrees(rho: float, delta: float) -> None:
    gaussian = dp.m.make_gaussian(dp.atom_domain(T=float, nan=False), dp.absolute_distance(T=float), scale=math.sqrt(1 / (2 * rho)))
    assert epsilon_of(rho, delta) == pytest.approx(dp.c.make_zCDP_to_approxDP(gaussian).map(1.0).epsilon(delta), rel=1e-6)


@given(st.floats(0, 5), st.floats(0, 5))
def test_more_rho_is_never_less_epsilon(one: float, other: float) -> None:
    assert epsilon_of(min(one, other)) <= epsilon_of(max(one, other)) + 1e-9


def test_nothing_spent_is_nothing_lost() -> None:
    assert epsilon_of(0) == 0
