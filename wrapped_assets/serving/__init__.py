"""Read-only pages over published editions."""
