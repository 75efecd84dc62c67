"""Files of new things, from templates that keep every law. Belongs: templates, laws of names. Keep out: what runs after."""
