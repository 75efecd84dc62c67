"""Tests of `wrapped_assets.insights`."""
