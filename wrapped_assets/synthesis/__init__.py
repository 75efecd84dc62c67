"""Realistic populations, made from a seed. Keep out: anything of the real pipeline."""
