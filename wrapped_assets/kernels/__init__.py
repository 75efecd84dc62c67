"""Frames in, frames out. Belongs: algorithms without domain words. Keep out: I/O, clocks, names of music."""
