"""Wrapped Assets: a year in music from listening history, as partitioned assets with lineage."""

__version__ = "0.1.0"
