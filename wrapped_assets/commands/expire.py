"""`wrapped expire`: what may be kept no longer is destroyed."""

from __future__ import annotations

import click

from wrapped_assets.commands.options import data_option, emit_json, json_option


@click.command("expire", epilog="Example: wrapped expire")
@data_option
@json_option
def command(data, as_json) -> None:
    """Destroy exports that are older than their policy keeps them, own data included, and keys of names whose erasure is long past.

    What was never delivered goes after a week. Who got which export stays known. Dagster does this every night; without it, run it daily.
    """
    from wrapped_assets.privacy import retention
    from wrapped_assets.storage import tombstones
    from wrapped_assets.storage.root import Root

    root = Root.open(data)
    found = {"exports": retention.expire(root), "tombstone_keys": tombstones.expire(root)}
    if as_json:
        emit_json(found)
        return
    click.echo(f"{found['exports']} exports and {found['tombstone_keys']} keys of erased names destroyed")
