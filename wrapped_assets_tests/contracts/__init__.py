"""Tests of `wrapped_assets.contracts`."""
