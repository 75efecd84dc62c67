"""The two halves of a fingerprint: the first says what the asset's own code is, the second what the engine is."""

HALF = 16  # hex digits


def is_same_code(one: str, other: str) -> bool:
    """Whether two fingerprints differ at most in the engine."""
    return one[:HALF] == other[:HALF]
