"""Converts the privacy loss rho (zCDP), in which budgets are added up, to epsilon, in which it is displayed."""

from __future__ import annotations

import math

DELTA = 1e-6

# Outside of these OpenDP's numbers over- or underflow. The tight epsilon is 0 long before the first; past the second nobody is protected.
SMALLEST_RHO, LARGEST_RHO = 1e-200, 1e4


def epsilon_of(rho: float, delta: float = DELTA) -> float:
    """Returns the smallest epsilon for `rho` at `delta` by OpenDP's conversion; for display, never for accounting.

    The discrete Gaussian with this rho stands in for any mechanism with the same rho, because the conversion depends on rho alone.
    """
    if rho <= 0:
        return 0.0
    if rho > LARGEST_RHO:  # the published bound in closed form, never below the tight one
        return rho + 2 * math.sqrt(rho * -math.log(delta))
    rho = max(rho, SMALLEST_RHO)
    import opendp.prelude as dp  # 0.3 s

    dp.enable_features("contrib")
    gaussian = dp.m.make_gaussian(dp.atom_domain(T=float, nan=False), dp.absolute_distance(T=float), scale=math.sqrt(1 / (2 * rho)))
    return dp.c.make_zCDP_to_approxDP(gaussian).map(1.0).epsilon(delta)
