"""`wrapped relocate`: moves the files of a data root into an object store."""

from __future__ import annotations

import click

from wrapped_assets.commands.options import data_option, emit_json, json_option, progress_bar


@click.command("relocate", epilog="Example: wrapped relocate s3://bucket/prefix")
@click.argument("address")
@data_option
@json_option
def command(address, data, as_json) -> None:
    """Move the files of a data root from its folder into the object store at ADDRESS, for several machines to use.

    Imports and builds may go on while files are sent; they wait at the end, while the root changes places. Every file is compared by hash.
    A command that was interrupted goes on where it was when it is given again. Stop servers and the UI before, and start them afterwards.
    """
    from wrapped_assets.storage.relocating import relocate
    from wrapped_assets.storage.root import Root

    with progress_bar("sending") as show:
        done = relocate(Root.open(data), address, show)
    if as_json:
        emit_json({name: round(value, 3) if name == "seconds" else value for name, value in vars(done).items()})
        return
    if done.is_tidied_only:
        click.echo(f"The files lie in {done.address}, moved by an earlier command; what it left is tidied up")
        return
    click.echo(
        f"{done.files:,} files ({done.bytes / 1e6:,.1f} MB) and {done.documents:,} documents were sent to {done.address}, every one "
        f"compared, in {done.seconds:.1f} s; {done.resumed:,} files were there already"
    )
