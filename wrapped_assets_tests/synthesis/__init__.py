"""Tests of the invented populations."""
