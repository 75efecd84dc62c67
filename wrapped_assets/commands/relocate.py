"""`wrapped relocate`: moves the files of a data root into an object store."""

from __future__ import annotations

import click

from wrapped_assets.commands.options import data_option, emit_json, json_option, progress_bar


@click.command("relocate", epilog="Example: wrapped relocate s3://bucket/prefix")
@click.argument("address", required=False)
@click.option("--give-up", "gives_up", is_flag=True, help="Take back a move that is not finished, and remove what was sent.")
@click.option("--leave-files", "leaves_files", is_flag=True, help="With --give-up: the store does not answer any more.")
@data_option
@json_option
def command(address, gives_up, leaves_files, data, as_json) -> None:
    """Move the files of a data root from its folder into the object store at ADDRESS, for several machines to use.

    Imports and builds may go on while files are sent; they wait at the end, while the root changes places. Every file is compared by hash.
    A command that was interrupted goes on where it was when it is given again. Stop servers and the UI before, and start them afterwards.
    A root of an older program, which has only a part of its files in a store, is completed with the address of that store.
    """
    from wrapped_assets.contracts.errors import InputError
    from wrapped_assets.storage.relocating import relocate
    from wrapped_assets.storage.root import Root

    if bool(address) == gives_up or (leaves_files and not gives_up):
        raise InputError("expected the ADDRESS of a store, or --give-up, which --leave-files may go with")
    if gives_up:
        _give_up(Root.open(data), leaves_files, as_json)
        return
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


def _give_up(root, leaves_files, as_json) -> None:
    from wrapped_assets.storage.giving_up import give_up

    done = give_up(root, leaves_files=leaves_files)
    if as_json:
        emit_json(vars(done))
        return
    click.echo(f"The files stay in the folder; {done.removed:,} objects were removed from {done.address}")
    if done.left:
        click.echo(f"{done.left:,} objects may be left in {done.address}, also of people who are erased from now on: delete them there")
