"""Decides what to recompute, and why. Belongs: pure decisions over declarations and the manifest. Keep out: I/O, Dagster."""
