"""`wrapped synth`: generates a realistic population."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import click

from wrapped_assets.commands.options import FilePath, emit_json, json_option, progress_bar


@click.command("synth", epilog="Example: wrapped synth --listeners 20000 --listens 10000000 --seed 1 --years 2025 --out data/synth")
@click.option("--listeners", type=click.IntRange(1))
@click.option("--listens", type=click.IntRange(1))
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--years", type=click.IntRange(2002, 2100), multiple=True, help="One or more years. Can be repeated.")
@click.argument("more_years", type=click.IntRange(2002, 2100), nargs=-1, metavar="[YEAR]...")
@click.option("--out", required=True, type=FilePath(file_okay=False, path_type=Path))
@click.option("--household", is_flag=True, help="Generate the bundled household instead: four people and their exports, from a fixed seed.")
@json_option
def command(listeners, listens, seed, years, more_years, out, household, as_json) -> None:
    """Generate listeners, recordings and listens that behave like real ones. The same arguments give the same bytes."""
    from wrapped_assets.contracts.errors import InputError

    if find_spec("wrapped_synthesis") is None:
        raise InputError("`wrapped_synthesis` is not part of the installed package: run the command from a checkout")
    if household:
        from wrapped_synthesis.household import HOUSEHOLD_SEED, HOUSEHOLD_YEARS, synthesise_household

        files = synthesise_household(HOUSEHOLD_SEED, HOUSEHOLD_YEARS, out)
        if as_json:
            emit_json({"files": len(files)})
        else:
            click.echo(f"{len(files)} files written")
        return
    from wrapped_synthesis.population import synthesise

    if not (listeners and listens and (years or more_years)):
        raise InputError("expected --listeners, --listens and --years, or --household")
    try:
        with progress_bar("making listens", listens) as show:
            report = synthesise(listeners, listens, seed, [*years, *more_years], out, show)
    except FileExistsError:
        raise InputError("the output folder already contains events: choose an empty one with --out") from None
    except ValueError as error:
        raise InputError(str(error)) from None
    if as_json:
        emit_json(
            {
                "listeners": report.listeners,
                "listens": report.listens,
                "recordings": report.recordings,
                "files": report.files,
                "bytes": report.size_bytes,
            }
        )
    else:
        rate = report.listens / report.cpu_seconds / 1e6
        click.echo(
            f"{report.listens:,} listens of {report.listeners:,} listeners in {report.wall_seconds:.1f} s "
            f"({rate:.1f} million a second and core)"
        )
        click.echo(f"Next: wrapped import {out}")
        click.echo(f"      wrapped catalogue import {out / 'catalogue'}")
        click.echo(f"      wrapped consent import {out / 'consents.parquet'}")
