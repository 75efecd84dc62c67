"""`wrapped serve`: serves the story pages of published editions."""

from __future__ import annotations

import click

from wrapped_assets.commands.options import data_option, open_project


@click.command("serve", epilog="Example: wrapped serve --port 8000")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="There is no login: anyone with a link can open its page. Keep it local, or put a login in front.",
)
@click.option("--port", type=click.IntRange(1, 65_535), default=8000, show_default=True)
@click.option("--allow-host", "allowed", multiple=True, metavar="NAME", help="On this machine: also answer requests for this host.")
@click.option("--rehearse", is_flag=True, help="Print a secret address that shows its browser the site as after the launch.")
@click.option("--login-header", metavar="NAME", help="A header in which a login in front says the listener's name: /me shows their story.")
@click.option("--trusted-proxy", "proxies", multiple=True, metavar="ADDRESS", help="Where that header may come from; needed with it.")
@data_option
@click.pass_context
def command(ctx, host, port, allowed, rehearse, login_header, proxies, data) -> None:
    """Serve the story pages of the published editions that listeners shared with `wrapped share`.

    Until the launch of an edition (`wrapped edition set YEAR --launch-at …`) its pages show a countdown.

    On this machine alone, as it is unless --host says otherwise, every listener's page is served, at an address that ends with the server.
    """
    import secrets

    import uvicorn

    from wrapped_assets.contracts.errors import InputError
    from wrapped_assets.kernels.one_line import one_line
    from wrapped_assets.serving.http import configuration
    from wrapped_assets.serving.login import Login
    from wrapped_assets.serving.pages import application, is_this_machine, links
    from wrapped_assets.serving.shield import hosts_of
    from wrapped_assets.storage.responsible import must_have_controller

    if proxies and not login_header:
        raise InputError("--trusted-proxy is for --login-header, which is not given")
    login = Login.of(login_header, proxies) if login_header else None
    project = open_project(data)
    if not is_this_machine(host):
        must_have_controller(project.root)
    project.root.files.serve()
    key = secrets.token_bytes(32) if is_this_machine(host) else None
    for link in links(project, key) if key else ():
        click.echo(f"{one_line(link.listener)} {link.year}: http://{host}:{port}{link.path}")
    if key is None:
        click.echo("Others reach this address: only pages that were shared are served (`wrapped share`), and none is listed here.")
    rehearsal = secrets.token_urlsafe(18) if rehearse else None
    if rehearsal:
        click.echo(f"Rehearsal: http://{host}:{port}/rehearsal/{rehearsal} shows its browser what everybody sees from the launch on.")
    pages = application(project, key, hosts_of(host, allowed), rehearsal=rehearsal, login=login)
    try:
        server = uvicorn.Server(configuration(pages, host, port))
        server.run()
        if not server.started:  # it said why on standard error
            ctx.exit(1)
    except SystemExit as ended:  # it says why on standard error, and ends with a code that means something else here
        ctx.exit(1 if ended.code else 0)
