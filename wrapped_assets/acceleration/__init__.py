"""Runs kernels as machine code, where numba is installed (`pip install wrapped-assets[fast]`) and there are rows enough.

A kernel is a plain function over NumPy arrays, written with loops. Beside each stands a reference in Polars, which gives the same rows;
a test holds the two together, over frames that Hypothesis makes. So this package decides nothing: with it or without, numbers are the same.

    primitive(frame) ── few rows, no numba, nulls ──▶ reference, in Polars
        └──────────────── many rows ──▶ run(kernel, arrays) ──▶ machine code, compiled once for this processor and kept (`kept`)

`run_once` remembers its latest results, because the assets of a unit group the same rows by the same ids (`recent`).
`WRAPPED_ACCELERATION=off` switches all of it off.
"""

from __future__ import annotations

from wrapped_assets.acceleration.compiled import can_run, run
from wrapped_assets.acceleration.recent import run_once

__all__ = ["can_run", "run", "run_once"]
