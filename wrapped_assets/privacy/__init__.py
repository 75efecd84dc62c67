"""The only door out. Belongs: consent, gates, erasure."""
