"""Tests: sentences about behaviour, mirroring the tree of `wrapped_assets`."""
