"""Turns records into plays, and the plays that count into listens: resolve, localise, deduplicate, qualify. Keep out: aggregates."""
