"""What each input format promises."""
