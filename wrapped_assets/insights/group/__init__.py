"""Insights about groups of consenting listeners, one file each."""
