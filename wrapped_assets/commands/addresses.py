"""`wrapped addresses`: where rendered pages are."""

from __future__ import annotations

import click

from wrapped_assets.commands.options import YEAR, data_option, emit_json, json_option, open_project


@click.command("addresses", epilog="Example: wrapped addresses 2025 --listener ana --change")
@click.argument("year", type=YEAR)
@click.option("--listener", metavar="NAME", help="Of this listener alone.")
@click.option("--change", "is_changed", is_flag=True, help="Give the listener another address; the one before opens nothing any more.")
@click.option("--close", "is_closed", is_flag=True, help="Close the listener's address.")
@data_option
@json_option
def command(year, listener, is_changed, is_closed, data, as_json) -> None:
    """List the addresses of listeners' rendered pages, to be told to each listener alone: whoever knows one can read the page.

    A changed address gets its page with the next `wrapped render`.
    """
    from wrapped_assets.contracts.errors import InputError
    from wrapped_assets.kernels.one_line import one_line
    from wrapped_assets.storage import publications, registry
    from wrapped_assets.storage.addresses import addresses, change_address, close_address

    if (is_changed or is_closed) and (listener is None or is_changed == is_closed):
        raise InputError("--change or --close is about one listener: name them with --listener, and give one of both")
    root = open_project(data).root
    if year not in publications.live(root):
        raise InputError(f"nothing of {year} is published, so no page has an address: run `wrapped publish {year}` first")
    people = [registry.find_listener(root, listener)] if listener else sorted(registry.all_listeners(root), key=lambda each: each.name)
    if is_changed:
        change_address(root, people[0], year)
    if is_closed:
        close_address(root, people[0], year)
    found = addresses(root, year, [each.listener_id for each in people])
    rows = [(each.name, f"/{year}/{found[each.listener_id].token}") for each in people if found[each.listener_id].is_open]
    if as_json:
        emit_json([{"listener": name, "path": path} for name, path in rows])
        return
    for name, path in rows:
        click.echo(f"{one_line(name)} {path}")
    if not rows:
        click.echo("No address is open.")
