"""`wrapped share`: an address of a listener's page, for others to read."""

from __future__ import annotations

import click

from wrapped_assets.commands.options import YEAR, data_option, emit_json, json_option, open_project


@click.command("share", epilog="Example: wrapped share ana --year 2025")
@click.argument("listener")
@click.option("--year", type=YEAR, required=True, help="The published edition to share.")
@click.option("--revoke", "is_revoked", is_flag=True, help="Close every address of this page instead.")
@data_option
@json_option
def command(listener, year, is_revoked, data, as_json) -> None:
    """Make an address of a listener's story page, or close those there are.

    The address holds a random token and nothing of the listener. It is printed this once, since only its hash is kept, and works with
    `wrapped serve` until it is revoked or the listener is erased.
    """
    from wrapped_assets.contracts.errors import InputError
    from wrapped_assets.storage import publications, registry, shares

    root = open_project(data).root
    person = registry.find_listener(root, listener)
    if is_revoked:
        closed = shares.revoke(root, person, year)
        emit_json({"year": year, "revoked": closed}) if as_json else click.echo(f"{closed} addresses of this page closed")
        return
    if year not in publications.live(root):
        raise InputError(f"the {year} edition is not published, so there is no page to share: run `wrapped publish {year}` first")
    path = f"/{year}/{shares.share(root, person, year)}"
    emit_json({"year": year, "path": path}) if as_json else click.echo(path)
