"""Differential privacy's two currencies: rho of zCDP, in which budgets are added, and epsilon, in which people are told."""

from __future__ import annotations

import math

DELTA = 1e-6


def epsilon_of(rho: float, delta: float = DELTA) -> float:
    """The smallest epsilon known to follow from `rho` at `delta`, by OpenDP's conversion; for display, never for accounting.

    The discrete Gaussian with the scale that has this rho stands for any mechanism with it: the conversion looks at rho alone.
    """
    if rho <= 0:
        return 0.0
    import opendp.prelude as dp  # 0.3 s

    dp.enable_features("contrib")
    gaussian = dp.m.make_gaussian(dp.atom_domain(T=float, nan=False), dp.absolute_distance(T=float), scale=math.sqrt(1 / (2 * rho)))
    return dp.c.make_zCDP_to_approxDP(gaussian).map(1.0).epsilon(delta)
