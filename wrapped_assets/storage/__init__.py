"""Stores bytes: layout, manifest, registry, atomic publication. Keep out: the meaning of the bytes."""
