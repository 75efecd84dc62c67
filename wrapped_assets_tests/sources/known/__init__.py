"""What each form of catalogue promises."""
