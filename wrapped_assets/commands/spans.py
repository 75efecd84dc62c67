"""`wrapped spans`: the spans of months that builds keep up to date."""

from __future__ import annotations

import click

from wrapped_assets.commands.options import data_option, emit_json, json_option, open_project


@click.command("spans", epilog="Example: wrapped spans --forget 2024-12..2025-02")
@click.option("--forget", "names", multiple=True, metavar="NAME", help="Keep this span no longer, and remove its cells. Can be repeated.")
@data_option
@json_option
def command(names, data, as_json) -> None:
    """List the spans that were asked for, with their months and cells, or forget some of them."""
    from wrapped_assets.building.spans import forget, kept

    project = open_project(data)
    if names:
        forget(project, names)
    found = kept(project)
    if as_json:
        emit_json({"spans": [{"name": each.name, "months": each.months, "cells": each.cells, "buckets": each.buckets} for each in found]})
        return
    if not found:
        click.echo("No span was asked for: `wrapped build --span 2025-03` asks for one, `wrapped story --month` for one listener's.")
    for each in found:
        whom = "all buckets" if each.buckets is None else f"{each.buckets} bucket{'' if each.buckets == 1 else 's'}"
        click.echo(f"{each.name}: {each.months or 'no month has plays any more'}, {each.cells:,} cells, {whom}")
