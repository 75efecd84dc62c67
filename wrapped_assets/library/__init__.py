"""Finds a playlist's tracks among a listener's own audio files. Keep out: the network, logs, and anything that keeps what was found."""
