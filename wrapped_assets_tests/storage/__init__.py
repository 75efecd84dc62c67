"""Tests of `wrapped_assets.storage`."""
