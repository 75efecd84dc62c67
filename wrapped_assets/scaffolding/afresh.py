"""Looks again for what the package declares, after a file was written into it."""

from __future__ import annotations

import importlib

from wrapped_assets.contracts.discovery import all_sources
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.exports.all_exports import all_exports
from wrapped_assets.sources import richness


def load_afresh() -> None:
    """Loads every declaration, the new ones too; DeclarationError where one breaks a law."""
    importlib.invalidate_caches()
    importlib.reload(richness)
    project_graph.cache_clear()
    all_sources.cache_clear()
    all_exports.cache_clear()
    project_graph()
    all_sources()
    all_exports()
