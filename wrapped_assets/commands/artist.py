"""`wrapped artist`: the story of an artist's year over all listeners."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from wrapped_assets.commands.options import YEAR, FilePath, data_option, emit, env_option, json_option, open_project


@click.command("artist", epilog="Example: wrapped artist 'Röyksopp' --year 2025 --format html --out royksopp-2025.html")
@click.argument("name")
@click.option("--year", type=YEAR, required=True)
@click.option("--format", "format_", type=click.Choice(["text", "json", "html", "png"]), default="text", show_default=True)
@click.option("--cards", "has_cards", is_flag=True, help="With --format png: each card upright and square, in the folder --out.")
@click.option("--out", type=FilePath(), help="Write to this file, or with --cards to this folder, instead of standard output.")
@click.option("--locale", help="The language: en, or one of stories/locales, optionally with a region such as de-AT.  [default: en]")
@click.option(
    "--from", "delivered", type=FilePath(exists=True, file_okay=False, path_type=Path), metavar="DIR",
    help="Tell what artists get: the rounded figures of an export artist_editions that was delivered into this folder.",
)
@data_option
@env_option
@json_option
def command(name, year, format_, has_cards, delivered, out, locale, data, as_json) -> None:
    """Tell an artist's year: audience, songs, weeks, hours, places. Refused (exit 4) for an artist with fewer than 20 listeners.

    The figures are exact and count everybody, so the page and its pictures are for your own use. What artists get is
    `wrapped export artist_editions`, and --from tells the story of such an export: page and pictures are then fit to be handed out.
    """
    from wrapped_assets.commands.story import write_cards
    from wrapped_assets.contracts.errors import InputError
    from wrapped_assets.serving.audience import artist_data
    from wrapped_assets.serving.formats import as_json as json_bytes
    from wrapped_assets.stories.artist import artist_html, artist_json, artist_text
    from wrapped_assets.stories.language import language_of, spoken

    if (format_ == "png") != has_cards or (has_cards and (out is None or as_json)):
        raise InputError("an artist's pictures are its cards: expected --format png, --cards, and a folder with --out")
    language = language_of(spoken([locale], otherwise=locale) if locale else "en")
    if delivered:
        from wrapped_assets.serving.delivered_artist import delivered_artist

        found = delivered_artist(delivered, name, year)
    else:
        found = artist_data(open_project(data), name, year)
    told = replace(found, locale=language.tag)
    if as_json or format_ == "json":
        emit(json_bytes(artist_json(told)), out, of=None)  # an artist's page names no listener
    elif has_cards:
        write_cards(artist_html(told), Path(out), of=None)
    else:
        emit((artist_html if format_ == "html" else artist_text)(told).encode(), out, of=None)
