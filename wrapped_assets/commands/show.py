"""`wrapped show`: prints the rows of a stored asset."""

from __future__ import annotations

import click

from wrapped_assets.commands.options import SPANS, YEAR, FilePath, data_option, emit, env_option, open_glance


@click.command("show", epilog="Example: wrapped show insights/top_recordings --year 2025 --listener ana --format csv")
@click.argument("asset")
@click.option("--year", "years", type=YEAR, multiple=True, help="Only this year; can be repeated. Defaults to all years.")
@click.option("--span", metavar="NAME", help=f"Of an asset of spans: the months, such as {SPANS}.")
@click.option("--listener", help="Only this listener's rows.")
@click.option("--artist", help="Only this artist's rows.")
@click.option("--format", "format_", type=click.Choice(["table", "json", "csv", "parquet"]), default="table", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Same as --format json.")
@click.option("--out", type=FilePath(dir_okay=False), help="Write to this file instead of standard output.")
@data_option
@env_option
def command(asset, years, span, listener, artist, format_, as_json, out, data) -> None:
    """Print the rows of any stored asset, with display names beside ids, in grain order."""
    from wrapped_assets.serving.formats import FORMATS
    from wrapped_assets.serving.rows import displayed
    from wrapped_assets.storage import registry

    glance = open_glance(data)
    person = registry.find_listener(glance.root, listener) if listener else None
    artist_id = _artist_id(artist) if artist else None
    frame = displayed(glance.root, glance.graph, asset, years, person, artist_id=artist_id, span=_months(glance, span) if span else None)
    emit(FORMATS["json" if as_json else format_](frame), out, of=(glance.root, "show", [person.listener_id] if person else None))


def _months(glance, name: str):
    from wrapped_assets.building.spans import names_of, span_in

    return span_in(glance.situation(), *names_of([name]))


def _artist_id(name: str) -> int:
    from wrapped_assets.building.excluding import target_of  # with the code that identifies tracks

    return target_of("artist", name)
