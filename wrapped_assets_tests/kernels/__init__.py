"""Tests of `wrapped_assets.kernels`."""
