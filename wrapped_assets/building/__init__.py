"""Executes a plan: reads cells, computes, checks, publishes. Keep out: Dagster, and the decision what to recompute."""
