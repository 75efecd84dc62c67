"""What it costs to have units carried out elsewhere."""
