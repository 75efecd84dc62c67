"""Kernels: algorithms from frames to frames, without domain words. Keep out: I/O, clocks, names of music."""
