"""Tests of `wrapped_assets.scaffolding`."""
