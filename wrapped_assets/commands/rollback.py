"""`wrapped rollback`: returns a year's edition to its previous publication."""

from __future__ import annotations

import click

from wrapped_assets.commands.options import data_option, emit_json, json_option, open_project


@click.command("rollback", epilog="Example: wrapped rollback 2025")
@click.argument("year", type=int)
@data_option
@json_option
def command(year, data, as_json) -> None:
    """Return a year's edition to the publication before the current one."""
    from wrapped_assets.storage.publications import rollback

    back = rollback(open_project(data).root, year)
    if as_json:
        emit_json({"year": year, "number": back.number})
    else:
        click.echo(f"{year} is back at publication {back.number}")
