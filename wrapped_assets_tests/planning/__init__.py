"""Tests of what is recomputed, and why."""
