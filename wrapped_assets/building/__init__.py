"""Carries a plan out: reads cells, computes, checks, publishes. Keep out: Dagster, and what to recompute."""
