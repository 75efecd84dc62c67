"""Tests of `wrapped_assets.vocabulary`."""
