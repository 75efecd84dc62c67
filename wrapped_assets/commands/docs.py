"""`wrapped docs`: generates the pages of docs/ that come from declarations."""

from __future__ import annotations

import click

from wrapped_assets.commands.options import emit_json, json_option


@click.command("docs", epilog="Example: wrapped docs --check")
@click.option("--check", is_flag=True, help="Write nothing. Exit with 3 if a page is stale.")
@json_option
@click.pass_context
def command(ctx, check, as_json) -> None:
    """Write the generated pages of docs/: insights, columns, processing, and the tables of privacy."""
    from wrapped_assets.documentation.pages import pages, stale_pages, write_pages

    stale = stale_pages() if check else write_pages()
    if as_json:
        emit_json({"pages": [{"page": f"docs/{name}", "stale": name in stale} for name in pages()], "written": not check})
    elif check:
        for name in stale:
            click.echo(f"docs/{name} is stale: run `wrapped docs` and commit it", err=True)
    for name in stale if not (check or as_json) else ():
        click.echo(f"docs/{name} written")
    if not stale and not as_json:
        click.echo("The generated pages are up to date.")
    if check and stale:
        ctx.exit(3)
