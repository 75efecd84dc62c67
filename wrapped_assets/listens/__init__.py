"""Plays become listens, one step a file: resolve, localise, deduplicate, qualify. Keep out: aggregates."""
