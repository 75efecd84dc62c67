"""Where bytes live. Belongs: layout, manifest, registry, atomic publish. Keep out: what the bytes mean."""
