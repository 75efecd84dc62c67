"""Playlist rules, one file each, and the formats that carry them."""
