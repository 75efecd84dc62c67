"""One form of catalogue, one file: bytes in, named rows and rejected rows out. Keep out: ids, merging, matching."""
