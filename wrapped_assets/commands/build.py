"""`wrapped build`: recomputes stale cells."""

from __future__ import annotations

from pathlib import Path

import click

from wrapped_assets.commands.options import (
    chosen_cells,
    data_option,
    emit_json,
    env_option,
    json_option,
    open_project,
    progress_bar,
    say_damage,
    selection_options,
)


def prepare_to_compute(data: Path) -> None:
    """Before Polars is imported: afterwards it has its threads and its memory."""
    from wrapped_assets.storage.chunks import landed_rows
    from wrapped_assets.storage.memory import use_again
    from wrapped_assets.storage.root import Root
    from wrapped_assets.storage.threads import ROWS_FOR_THREADS, one_thread

    use_again()
    if landed_rows(Root.open(data)) < ROWS_FOR_THREADS:
        one_thread()


@click.command("build", epilog="Example: wrapped build --year 2025")
@selection_options
@click.option("--full", is_flag=True, help="Recompute everything, even fresh cells.")
@click.option(
    "--workers", type=click.IntRange(min=0), default=0, show_default="one a processor, where that pays",
    help="Compute with this many processes. The cells are the same for any number.",
)
@click.option(
    "--on", default="local", metavar="PLACE", show_default=True,
    help="Compute on Ray: `ray` (started on this machine for one build), `auto` (this machine's cluster) or ray://HOST:PORT.",
)
@click.option(
    "--unit-seconds", type=click.FloatRange(min=1), default=3600.0, show_default=True,
    help="End a worker that takes longer than this, and ten times longer than the last time, for one unit; another one gets the unit.",
)
@data_option
@env_option
@json_option
@click.pass_context
def command(ctx, years, first, last, spans, selection, full, workers, on, unit_seconds, data, as_json) -> None:
    """Recompute stale cells, and no others. A span that was built once is kept up to date by every later build."""
    prepare_to_compute(data)
    from wrapped_assets.building.build import build
    from wrapped_assets.building.placement import executor_at

    project = open_project(data)
    names = asked_spans(project, spans)
    wanted = chosen_cells(years, first, last, selection, names)
    with executor_at(on, workers) as executor, progress_bar("building") as show:
        report = build(
            project, wanted, full=full, examples=True, progress=show, workers=workers, executor=executor, unit_seconds=unit_seconds
        )
    if as_json:
        emit_json(
            {
                "recomputed": [{"asset": cell.asset, "partition": cell.partition} for cell in report.recomputed],
                "cut_off": [{"asset": cell.asset, "partition": cell.partition} for cell in report.cut_off],
                "unchanged": report.unchanged,
                "failed": [{"asset": cell.asset, "partition": cell.partition, "error": error} for cell, error in report.failed],
                "seconds": round(report.seconds, 3),
            }
        )
    else:
        click.echo(
            f"{len(report.recomputed):,} cells recomputed, {len(report.cut_off):,} cut off early (their inputs came out the same), "
            f"{report.unchanged:,} unchanged, in {report.seconds:.1f} s"
        )
    for why in dict.fromkeys(report.lost):
        click.echo(f"note: {why}; others did its work", err=True)
    together: dict[tuple[str, str], list] = {}
    for cell, error in report.failed:
        together.setdefault((cell.asset, error), []).append(cell)
    for (_, error), cells in together.items():
        more = f" and {len(cells) - 1:,} more" if len(cells) > 1 else ""
        click.echo(f"failed: {cells[0]}{more}: {error}", err=True)
    if say_damage(project.root) or report.failed:
        ctx.exit(1)


def asked_spans(project, spans) -> tuple[str, ...]:
    """Notes that spans are asked for, in all buckets; returns their canonical names. InputError for one that is none."""
    if not spans:
        return ()
    from wrapped_assets.building.spans import names_of, with_spans
    from wrapped_assets.storage.spans import ask_span

    names = names_of(spans)
    with_spans(project, names)
    for name in names:
        ask_span(project.root, name)
    return names
