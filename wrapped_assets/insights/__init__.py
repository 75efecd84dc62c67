"""Insights, one file each. Keep out: I/O, clocks, randomness, other insights."""
