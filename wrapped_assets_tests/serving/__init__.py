"""Tests of what is shown to readers."""
