"""`wrapped new`: writes the first file of a new insight, playlist, source or export."""

from __future__ import annotations

import click

from wrapped_assets.commands.options import emit_json, json_option


@click.command("new", epilog="Example: wrapped new insight late_nights")
@click.argument("kind", type=click.Choice(["insight", "artist", "playlist", "source", "export"]))
@click.argument("name")
@json_option
def command(kind, name, as_json) -> None:
    """Write the file of a new insight, artist insight, playlist, source or export into this checkout.

    The file works as written: it is in the graph, it has an example, and all tests pass. A source and an export come with a test;
    an export with its policy. Nothing is overwritten.
    """
    from wrapped_assets.documentation.pages import write_pages
    from wrapped_assets.scaffolding.afresh import load_afresh
    from wrapped_assets.scaffolding.scaffold import scaffold, write

    made = scaffold(kind, name)
    write(made)
    load_afresh()
    pages = [f"docs/{page}" for page in write_pages()]
    if as_json:
        emit_json({"kind": kind, "name": name, "files": list(made.files), "pages": pages, "next": list(made.next)})
        return
    for path in (*made.files, *pages):
        click.echo(f"wrote {path}")
    click.echo("Next:")
    for number, step in enumerate(made.next, 1):
        click.echo(f"  {number}. {step}")
