"""Contracts: declarations and the laws that they must keep. Keep out: computation, I/O, Dagster."""
