"""`wrapped launch`: what has to happen until an edition goes public."""

from __future__ import annotations

import click

from wrapped_assets.commands.options import data_option, emit_json, json_option, open_project


@click.group("launch")
def command() -> None:
    """Say where the site is."""


@command.command("url", epilog="Example: wrapped launch url https://wrapped.example.org")
@click.argument("url")
@data_option
@json_option
def url_(url, data, as_json) -> None:
    """Say where readers find the site, so that previews of its pages have a picture."""
    from wrapped_assets.storage.launches import set_site_url, site_url

    root = open_project(data).root
    set_site_url(root, url)
    if as_json:
        emit_json({"url": site_url(root)})
    else:
        click.echo(site_url(root))
