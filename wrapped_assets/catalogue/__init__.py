"""Facts about recordings, artists and release groups, one file per table. Keep out: who listened."""
