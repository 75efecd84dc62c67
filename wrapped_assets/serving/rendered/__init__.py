"""Story pages of published editions as files, made before anybody asks, which any static host can serve."""
