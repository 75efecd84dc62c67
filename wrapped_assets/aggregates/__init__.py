"""Mergeable monthly partials, one file each. Keep out: ranks, and what a year means."""
