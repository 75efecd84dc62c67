"""Privacy-filtered exports."""
