"""The only package that imports dagster: assets, checks, partitions, resources, automation."""
