"""`wrapped diff`: shows the effect of a change on a sample before a full build."""

from __future__ import annotations

import click

from wrapped_assets.commands.options import YEAR, data_option, emit_json, json_option, open_project


@click.command("diff", epilog="Example: wrapped diff --select insights/top_artists --year 2025 --buckets 1")
@click.option("--select", "selection", help="Assets, separated by commas: name, layer/*, +name (with inputs), name+ (with consumers).")
@click.option("--year", type=YEAR)
@click.option("--buckets", type=click.IntRange(1), help="How many buckets to sample. Defaults to 1 unless --listeners is given.")
@click.option("--listeners", type=click.IntRange(1), help="How many listeners to compare.")
@data_option
@json_option
@click.pass_context
def command(ctx, selection, year, buckets, listeners, data, as_json) -> None:
    """Show how results would differ from the stored ones, in aggregate. Changes nothing."""
    from wrapped_assets.building.difference import difference
    from wrapped_assets.vocabulary.periods import months_of

    project = open_project(data)
    from wrapped_assets.contracts.selection import selected_assets

    keys = selected_assets(project.graph, selection) if selection else None
    periods = {str(year), *(str(month) for month in months_of(year))} if year else None
    report = difference(project, keys, periods, buckets, listeners)
    if as_json:
        emit_json(
            {
                "cells_sampled": report.cells_sampled, "cells_stale": report.cells_stale, "listeners_sampled": report.listeners_sampled,
                "seconds": round(report.seconds, 3), "differences": [vars(each) for each in report.differences],
                "failed": [{"asset": cell.asset, "partition": cell.partition, "error": error} for cell, error in report.failed],
            }
        )  # fmt: skip
    else:
        _print(report)
    for cell, error in report.failed:
        click.echo(f"failed: {cell}: {error}", err=True)
    if report.failed:
        ctx.exit(1)


def _print(report) -> None:
    click.echo(
        f"{report.cells_sampled:,} of {report.cells_stale:,} stale cells computed in {report.seconds:.1f} s, "
        f"{report.listeners_sampled:,} listeners sampled"
    )
    for each in report.differences:
        line = f"{each.asset}: {each.rows_changed:,} rows differ (before {each.rows_before:,}, after {each.rows_after:,})"
        if each.listeners_affected is not None:
            line += f", {each.listeners_affected:,} listeners"
        if each.listeners_top_changed is not None:
            line += f", {each.listeners_top_changed:,} with a different first place"
        click.echo(line)
        for name, moved in each.largest_movements.items():
            click.echo(f"  largest movement of {name}: {moved:,.6g}")
    if not report.differences:
        click.echo("No stored result would change.")
