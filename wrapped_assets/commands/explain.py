"""`wrapped explain`: why a partition is stale or fresh, and how a figure was computed."""

from __future__ import annotations

import click

from wrapped_assets.commands.options import YEAR, data_option, emit_json, env_option, json_option, open_project


@click.command("explain", epilog="Examples: wrapped explain top_artists 2025, wrapped explain --listener ana --year 2025 top_artists")
@click.argument("asset")
@click.argument("partition", required=False)
@click.option("--listener", help="With --year: how this listener's figure was computed.")
@click.option("--year", type=YEAR)
@data_option
@env_option
@json_option
def command(asset, partition, listener, year, data, as_json) -> None:
    """Explain why a partition is stale or fresh, by the logic, rule, column or data that changed."""
    from wrapped_assets.building.explaining import explain_cells
    from wrapped_assets.contracts.errors import InputError
    from wrapped_assets.serving.reckoning import explain_figure
    from wrapped_assets.storage import registry

    project = open_project(data)
    if listener or year:
        if not (listener and year) or partition:
            raise InputError("expected --listener and --year together, without a partition")
        document = explain_figure(project, asset, registry.find_listener(project.root, listener), year)
        if as_json:
            emit_json(document)
        else:
            _print_figure(document)
        return
    found = explain_cells(project, asset, partition)
    if as_json:
        emit_json({"asset": project.graph.find(asset).key, "partitions": found})
        return
    for each in found:
        click.echo(f"{each['partition']}: {each['state']}{': ' + each['because'] if each['because'] else ''}")
        for line in each["changed"]:
            click.echo(f"  {line}")


def _print_figure(document: dict) -> None:
    click.echo(f"{document['insight']} {document['year']}: {document['meaning']}")
    click.echo(f"  rules {document['rules']}, window {document['window'][0]} to {document['window'][1]}, clock {document['time_zone']}")
    click.echo(f"  counted: {document['counted']['listens']:,} listens")
    for reason, count in document["counted"]["excluded"].items():
        click.echo(f"  not counted: {count:,} {reason.replace('_', ' ')}")
    click.echo("  computed from:")
    for source, columns in document["lineage"].items():
        click.echo(f"    {source}: {', '.join(columns)}")
    click.echo(f"  {document['row_count']} rows; data version {document['data_version']}")
