"""Figures over all listeners of an edition, one file each."""
