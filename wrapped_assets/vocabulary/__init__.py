"""The vocabulary: columns, periods and rules, and what their names mean. Keep out: anything that reads, writes or computes."""
