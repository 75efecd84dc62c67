"""`wrapped serve`: the story pages of published editions."""

from __future__ import annotations

import click

from wrapped_assets.commands.options import data_option, open_project


@click.command("serve", epilog="Example: wrapped serve --port 8000")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="There is no login: a link is the key. Keep it on this machine, or put one in front.",
)
@click.option("--port", type=int, default=8000, show_default=True)
@data_option
def command(host, port, data) -> None:
    """Serve the story pages of the published editions; each listener's page has an unguessable address."""
    import uvicorn

    from wrapped_assets.serving.pages import application, links

    project = open_project(data)
    for link in links(project):
        click.echo(f"{link.listener} {link.year}: http://{host}:{port}{link.path}")
    uvicorn.run(application(project), host=host, port=port, log_level="warning", access_log=False)  # an access log would keep the links
