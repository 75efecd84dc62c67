"""Comparisons with numbers, run by hand; nothing in the package imports them."""
