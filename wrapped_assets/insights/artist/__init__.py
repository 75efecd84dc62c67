"""Insights about an artist, one file each."""
