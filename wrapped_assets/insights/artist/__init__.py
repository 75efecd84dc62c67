"""Insights of a artist, one file each."""
