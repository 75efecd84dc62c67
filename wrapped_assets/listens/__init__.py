"""Records become plays, and plays that count become listens: resolve, localise, deduplicate, qualify. Keep out: aggregates."""
