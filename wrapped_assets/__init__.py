"""Wrapped Assets: a year in music from listening history, as partitioned assets with lineage."""

from wrapped_assets.planning import loaded

__version__ = "0.1.0"

loaded.install()
del loaded
