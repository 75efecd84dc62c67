"""One file, one insight. Keep out: I/O, clocks, randomness, other insights."""
