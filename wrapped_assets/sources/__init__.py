"""One input format, one file: bytes in, plays and rejected rows out. Keep out: counting, identity, time zones."""
