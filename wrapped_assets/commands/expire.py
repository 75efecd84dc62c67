"""`wrapped expire`: destroys what has passed its retention period."""

from __future__ import annotations

import click

from wrapped_assets.commands.options import data_option, emit_json, json_option


@click.command("expire", epilog="Example: wrapped expire")
@data_option
@json_option
def command(data, as_json) -> None:
    """Destroy exports (own data included) that are past their policy's retention, and the keys of names erased long ago.

    Undelivered exports are destroyed after a week. The record of who received which export is kept.
    Dagster runs this every night. Without Dagster, run it daily.
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
