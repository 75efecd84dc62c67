"""What a thing must be to be that thing. Belongs: declarations and their laws. Keep out: computation, I/O, Dagster."""
