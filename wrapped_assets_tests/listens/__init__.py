"""Tests of `wrapped_assets.listens`."""
