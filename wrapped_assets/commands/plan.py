"""`wrapped plan`: shows what a build would do, and why."""

from __future__ import annotations

import sys

import click

from wrapped_assets.commands.options import (
    chosen_cells,
    data_option,
    emit_json,
    env_option,
    json_option,
    open_glance,
    say_damage,
    selection_options,
)


@click.command("plan", epilog="Example: wrapped plan --year 2025 --select insights/*")
@selection_options
@click.option("--check", is_flag=True, help="Exit with 3 if there is work, or with 1 if a known damaged file cannot be rebuilt.")
@data_option
@env_option
@json_option
@click.pass_context
def command(ctx, years, first, last, spans, selection, check, data, as_json) -> None:
    """Show what would be recomputed and why. Changes nothing."""
    from wrapped_assets.building.outdated_imports import imports_of_other_code
    from wrapped_assets.planning.plan import make_plan

    glance = open_glance(data)
    names, situation = _with_spans(glance, spans) if spans else ((), glance.situation())
    wanted = chosen_cells(years, first, last, selection, names)
    plan = make_plan(situation, wanted(situation)) if wanted else glance.plan(situation)
    if as_json:
        steps = [
            {"asset": step.cell.asset, "partition": step.cell.partition, "reason": step.reason, "because": step.because, "rows": step.rows}
            for step in plan.steps
        ]
        fingerprints = dict(sorted(situation.logic.items()))
        outdated = imports_of_other_code(glance.root, lambda: glance.known.importers)
        emit_json({"steps": steps, "unchanged": plan.unchanged, "logic_fingerprints": fingerprints, "imports_of_other_code": outdated})
    else:
        _print(plan)
        for source, count in imports_of_other_code(glance.root, lambda: glance.known.importers).items():
            were = "1 import was" if count == 1 else f"{count:,} imports were"
            click.echo(f"The importer of {source} changed since {were} landed: import the exports again to apply it.")
    is_damaged = say_damage(glance.root)
    if check and (plan.steps or is_damaged):
        ctx.exit(3 if plan.steps else 1)


def _with_spans(glance, spans):
    """The canonical names of spans, and the situation in which they are asked for."""
    from wrapped_assets.building.situate import Project
    from wrapped_assets.building.spans import names_of, with_spans

    names = names_of(spans)
    return names, with_spans(Project(glance.root), names)


def _print(plan) -> None:
    """Prints one line per asset and reason, with cells, stored rows and the last computation's time."""
    if not plan.steps:
        click.echo(f"Nothing to do: {plan.unchanged:,} cells are fresh.")
        return
    from rich.console import Console
    from rich.table import Table

    groups: dict[tuple[str, str], list] = {}
    for step in plan.steps:
        groups.setdefault((step.cell.asset, step.reason), []).append(step)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("asset", "cells", "periods", "reason", "because", "rows", "seconds"):
        table.add_column(name, justify="right" if name in ("cells", "rows", "seconds") else "left", overflow="fold")
    for (asset, reason), steps in groups.items():
        periods = sorted({step.cell.period for step in steps})
        span = periods[0] if len(periods) == 1 else f"{periods[0]} … {periods[-1]}"
        rows = sum(step.rows or 0 for step in steps)
        seconds = sum(step.seconds or 0 for step in steps)
        because = steps[0].because + (f" (+{len(steps) - 1} more)" if len({step.because for step in steps}) > 1 else "")
        table.add_row(asset, str(len(steps)), span, reason, because, f"{rows:,}" if rows else "–", f"{seconds:.1f}" if seconds else "–")
    Console(width=None if sys.stdout.isatty() else 150).print(table)
    if engine := [step for step in plan.steps if step.reason == "engine"]:
        seconds = sum(step.seconds or 0 for step in engine)
        click.echo(f"The engine changed: {len(engine):,} cells will be recomputed ({seconds:.0f} s last time); equal results stop there.")
    waiting = sum(step.reason == "upstream" for step in plan.steps)
    click.echo(f"{len(plan.steps):,} cells to compute ({waiting:,} of them only if an input changes), {plan.unchanged:,} fresh.")
