"""Tests of `wrapped_assets.building`."""
