"""Insights of an artist, one file each."""
