"""Monthly partial results that can be merged into years, one file each. Keep out: ranks, and the meaning of a year."""
