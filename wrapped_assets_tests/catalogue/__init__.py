"""What a catalogue knows of what was heard."""
