"""Insights about a listener, one file each."""
