"""`wrapped erase`: a listener's right to be forgotten."""

from __future__ import annotations

import click

from wrapped_assets.commands.options import data_option, emit_json, json_option, open_project


@click.command("erase", epilog="Example: wrapped erase ana --yes")
@click.argument("listeners", nargs=-1, metavar="[LISTENER]...")
@click.option("--resume", "is_resumed", is_flag=True, help="Finish what a crash left open.")
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask: what is erased cannot be brought back.")
@data_option
@json_option
def command(listeners, is_resumed, is_sure, data, as_json) -> None:
    """Erase listeners everywhere: landed files, figures, stories, playlists, published editions, exports of rows, registry.

    Several at once are erased by bucket. Only the cells that they were in are computed again; published aggregates stay as they are. For
    ninety days their names are not taken in again. At the end every file is searched for what may be left.
    """
    from wrapped_assets.contracts.errors import InputError
    from wrapped_assets.rights import erasing
    from wrapped_assets.storage import registry

    project = open_project(data)
    if is_resumed == bool(listeners):
        raise InputError("name the listener to erase, or finish open cases with --resume")
    if is_resumed:
        cases = erasing.resume(project)
    else:
        people = [registry.find_listener(project.root, name) for name in dict.fromkeys(listeners)]
        if not is_sure:
            click.confirm("Everything of this listener will be erased and cannot be brought back. Go on?", abort=True, err=True)
        cases = erasing.erase_all(project, people)
    if as_json:
        emit_json([_document(case) for case in cases])
        return
    for case in cases:
        _print(case)
    if not cases:
        click.echo("No erasure is open.")


def _document(case) -> dict:
    return {
        "case": case.case_id, "plays": case.plays, "landed_files": case.landed_files, "recomputed": case.cells,
        "published_files": case.published_files, "recalls": [vars(recall) for recall in case.recalls],
        "searched": {"files": case.residue.files, "bytes": case.residue.bytes, "hits": len(case.residue.hits)},
    }  # fmt: skip


def _print(case) -> None:
    click.echo(f"Case {case.case_id}: {case.plays:,} plays erased from {case.landed_files:,} landed files")
    click.echo(f"  {case.cells:,} cells computed again; nothing else was touched")
    click.echo(f"  {case.published_files:,} files of published editions written anew without them; published aggregates stay as they are")
    click.echo(f"  {case.residue.files:,} files ({case.residue.bytes:,} bytes) searched: nothing is left")
    for recall in case.recalls:
        click.echo(f"  recall: {recall.recipient or recall.name} must delete the row {recall.pseudonym} of export {recall.export_id}")
