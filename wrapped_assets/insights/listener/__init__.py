"""Insights of a listener, one file each."""
