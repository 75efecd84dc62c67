"""`wrapped publish`: shows a year's built edition to readers."""

from __future__ import annotations

import click

from wrapped_assets.commands.options import YEAR, data_option, emit_json, json_option, open_project


@click.command("publish", epilog="Example: wrapped publish 2025")
@click.argument("year", type=YEAR)
@data_option
@json_option
def command(year, data, as_json) -> None:
    """Publish what is built now as the year's edition, in one atomic step. Refused while any of its cells is stale."""
    from wrapped_assets.building.publishing import publish_edition

    published = publish_edition(open_project(data), year)
    if as_json:
        emit_json({"year": year, "number": published.number})
    else:
        click.echo(f"{year} is published (number {published.number}); `wrapped rollback {year}` undoes it")
