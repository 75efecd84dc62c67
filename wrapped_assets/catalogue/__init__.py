"""What is known of recordings, artists and release groups. Keep out: who listened."""
