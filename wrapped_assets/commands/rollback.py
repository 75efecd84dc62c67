"""`wrapped rollback`: returns a year's edition to an earlier publication."""

from __future__ import annotations

import click

from wrapped_assets.commands.options import YEAR, data_option, emit_json, json_option, open_project


@click.command("rollback", epilog="Example: wrapped rollback 2025 --reason 'two artists were one'")
@click.argument("year", type=YEAR)
@click.option(
    "--to", type=click.IntRange(1), metavar="N", help="The number of the publication to return to, also one that was rolled back from."
)
@click.option("--reason", metavar="TEXT", help="Why, for the record. At most 500 characters; name nobody.")
@data_option
@json_option
def command(year, to, reason, data, as_json) -> None:
    """Return a year's edition to the last publication before the current one that was not itself rolled back from."""
    from wrapped_assets.contracts.errors import InputError
    from wrapped_assets.storage.publications import rollback

    if reason is not None and len(reason) > 500:
        raise InputError(f"expected --reason of at most 500 characters, got {len(reason)}")
    back = rollback(open_project(data).root, year, to, reason)
    if as_json:
        emit_json({"year": year, "number": back.number})
    else:
        click.echo(f"{year} is back at publication {back.number}")
