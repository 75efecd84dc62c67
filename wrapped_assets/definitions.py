"""The code location that Dagster loads."""

from wrapped_assets.orchestration.location import definitions

defs = definitions()
