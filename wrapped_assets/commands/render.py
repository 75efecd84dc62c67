"""`wrapped render`: makes the pages of a published edition before anybody asks for them."""

from __future__ import annotations

import click

from wrapped_assets.commands.options import YEAR, data_option, emit_json, json_option, open_project


@click.command("render", epilog="Example: wrapped render 2025 --locale en --locale de")
@click.argument("year", type=YEAR)
@click.option("--locale", "locales", multiple=True, default=("en",), show_default=True, help="A language; give several.")
@click.option("--full", is_flag=True, help="Write every page anew.")
@click.option("--no-files", is_flag=True, help="Leave out the cards to share and the playlists beside each page.")
@data_option
@json_option
def command(year, locales, full, no_files, data, as_json) -> None:
    """Write every listener's page of the published edition as packed files, which `wrapped serve` sends as they are.

    A card to share and the listener's playlists lie beside each page. Only pages are written that show something else than those of an
    earlier rendering. A page has an address of its own that nobody can guess; `wrapped addresses` lists them.
    """
    from wrapped_assets.serving.rendered.rendering import render
    from wrapped_assets.stories.language import language_of

    for locale in locales:
        language_of(locale)
    done = render(open_project(data), year, locales, full=full, files=not no_files)
    if as_json:
        emit_json({"year": year, "number": done.number, "pages": done.pages, "written": done.written, "reused": done.reused,
                   "byte_count": done.byte_count, "files": done.files})  # fmt: skip
    else:
        size = f"{done.byte_count / 1e6:,.1f} MB" if done.byte_count >= 1e5 else f"{done.byte_count:,} bytes"
        click.echo(f"{done.pages:,} pages of {year} (number {done.number}): {done.written:,} written, {done.reused:,} unchanged, {size}; "
                   f"{done.files:,} cards and playlists")
