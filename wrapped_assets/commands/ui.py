"""`wrapped ui`: starts the Dagster UI on a data root."""

from __future__ import annotations

import click

from wrapped_assets.commands.options import data_option


@click.command("ui", epilog="Example: wrapped ui --port 3000")
@click.option("--host", default="127.0.0.1", show_default=True, help="The UI has no login. Keep it local, or put a login in front.")
@click.option("--port", type=click.IntRange(1, 65_535), default=3000, show_default=True)
@click.option("--allow-host", "allowed", multiple=True, metavar="NAME", help="Also answer requests for this host. Can be repeated.")
@data_option
def command(host, port, allowed, data) -> None:
    """Start the Dagster UI with its daemon, schedules and sensors on this data root.

    It answers requests for localhost, 127.0.0.1 and [::1], for --host, and for each --allow-host, and refuses requests by other sites.
    """
    from wrapped_assets.orchestration.ui import serve

    click.echo(f"Starting; then open http://{f'[{host}]' if ':' in host else host}:{port}", err=True)
    serve(data, host=host, port=port, allowed=allowed)
