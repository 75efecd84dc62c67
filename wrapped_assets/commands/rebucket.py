"""`wrapped rebucket`: divides the buckets of a data root."""

from __future__ import annotations

import click

from wrapped_assets.commands.options import data_option, emit_json, json_option, progress_bar


@click.command("rebucket", epilog="Example: wrapped rebucket --buckets 64")
@click.option("--buckets", type=int, metavar="N", help="How many there are to be: a larger power of two. Defaults to twice as many.")
@data_option
@json_option
def command(buckets, data, as_json) -> None:
    """Divide the buckets of listeners, so that each takes less memory and more workers have something to do.

    Landed plays are divided without the exports, and every row is compared. Imports and builds may go on meanwhile; they wait at the
    end, while the number changes. Published editions stay as they are. The next build computes the cells of the divided buckets. A
    command that was interrupted goes on where it was when it is given again.
    """
    from wrapped_assets.listens.clocks import EDGE
    from wrapped_assets.storage.rebucketing import rebucket
    from wrapped_assets.storage.root import Root

    with progress_bar("dividing") as show:
        done = rebucket(Root.open(data), buckets, EDGE, show)
    if as_json:
        emit_json({name: round(value, 3) if name == "seconds" else value for name, value in vars(done).items()})
        return
    if done.is_tidied_only:
        click.echo(f"{done.after:,} buckets, divided from {done.before:,} by an earlier command; what it left is tidied up")
        return
    click.echo(
        f"{done.before:,} buckets are {done.after:,} now: {done.plays:,} landed plays of {done.listeners:,} listeners, every row compared, "
        f"in {done.seconds:.1f} s"
    )
    click.echo(f"{done.cells:,} cells of the divided buckets are to be computed. Next: wrapped build")
