"""The comparisons themselves, in small."""
