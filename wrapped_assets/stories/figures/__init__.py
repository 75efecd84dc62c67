"""Charts as inline SVG, drawn with the colours of the card they stand on. Keep out: choosing what is shown."""
