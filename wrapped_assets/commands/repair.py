"""`wrapped repair`: rebuilds the manifest from the files."""

from __future__ import annotations

import click

from wrapped_assets.commands.options import data_option, emit_json, env_option, in_environment, json_option


@click.command("repair", epilog="Example: wrapped repair")
@data_option
@env_option
@json_option
def command(data, as_json) -> None:
    """Rebuild the manifest from the records beside the files, after the database was lost or restored from an older backup.

    Listeners and what was landed are not in those records: restore them with the database, or import the exports again.
    """
    from wrapped_assets.storage.records import rebuild_manifest
    from wrapped_assets.storage.root import Root

    cells, lost = rebuild_manifest(in_environment(Root.open(data)))
    if as_json:
        emit_json({"cells": cells, "lost": lost})
    else:
        click.echo(f"{cells:,} cells are in the manifest; {lost:,} files were gone or damaged and will be computed again")
