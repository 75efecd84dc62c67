"""Words: columns, periods and rules. Belongs: what a name means. Keep out: anything that reads, writes or computes."""
