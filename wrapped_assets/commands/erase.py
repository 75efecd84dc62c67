"""`wrapped erase`: a listener's right to be forgotten."""

from __future__ import annotations

from dataclasses import replace

import click

from wrapped_assets.commands.options import data_option, emit_json, json_option, open_project
from wrapped_assets.kernels.one_line import one_line


@click.command("erase", epilog="Example: wrapped erase ana --yes")
@click.argument("listeners", nargs=-1, metavar="[LISTENER]...")
@click.option("--resume", "is_resumed", is_flag=True, help="Finish erasures that a crash interrupted.")
@click.option("--replay", "is_replayed", is_flag=True, help="After restoring a backup: repeat erasures that it lacks.")
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask for confirmation. Erased data cannot be recovered.")
@data_option
@json_option
def command(listeners, is_resumed, is_replayed, is_sure, data, as_json) -> None:
    """Erase listeners everywhere: landed files, figures, stories, playlists, published editions, exports of rows, registry.

    Several at once are erased together, or not at all. Only the cells that they were in are computed again; published aggregates stay as
    they are. For ninety days their names are not taken in again, in whatever spelling. At the end everything below the data root is
    searched for what may be left, archives and databases too, and what could not be searched is listed.
    """
    from wrapped_assets.contracts.errors import InputError
    from wrapped_assets.rights import erasing
    from wrapped_assets.storage import registry

    if sum((bool(listeners), is_resumed, is_replayed)) != 1:
        raise InputError("expected listeners to erase, --resume to finish open cases, or --replay after restoring a backup")
    project = open_project(data)
    if is_replayed:
        cases = erasing.replay(replace(project, root=project.root.replaying()))
    elif is_resumed:
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
    if cases:
        _print_search(cases[0].residue)
    elif is_replayed:
        click.echo("No erased listener is in this registry, and it now records every erasure.")
    else:
        click.echo("No erasure is open.")


def _document(case) -> dict:
    found = case.residue
    return {
        "case": case.case_id, "plays": case.plays, "landed_files": case.landed_files, "recomputed": case.cells,
        "unbuilt": case.unbuilt_cells, "published_files": case.published_files, "damaged_files": case.damaged_files,
        "recalls": [vars(recall) for recall in case.recalls],
        "elsewhere": [{"path": each.path, "what": each.what} for each in case.elsewhere],
        "named_elsewhere": [{"path": each.path, "what": each.what} for each in case.named_elsewhere],
        "searched": {
            "files": found.files, "bytes": found.bytes, "hits": len(found.hits), "doubtful": found.doubtful, "opaque": found.opaque,
            "pictures": found.pictures, "public_texts": found.public_texts,
        },
    }  # fmt: skip


def _print(case) -> None:
    click.echo(f"Case {case.case_id}: {case.plays:,} plays erased from {case.landed_files:,} landed files")
    click.echo(f"  {case.cells:,} cells recomputed; nothing else changed")
    if case.unbuilt_cells:
        click.echo(f"  {case.unbuilt_cells:,} cells could not be recomputed and were deleted: run `wrapped build` to see why")
    click.echo(f"  {case.published_files:,} files of published editions rewritten without them; published aggregates stay unchanged")
    if case.damaged_files:
        click.echo(f"  {case.damaged_files:,} damaged files deleted, because they may have held them: `wrapped repair --check` lists them")
    for recall in case.recalls:
        click.echo(f"  recall: {recall.recipient or recall.name} must delete the row {recall.pseudonym} of export {recall.export_id}")
    for each in case.elsewhere:
        click.echo(f"  written elsewhere, delete it yourself: {one_line(each.path)} ({each.what}, {each.written_at:%Y-%m-%d})")
    for each in case.named_elsewhere:
        click.echo(f"  written elsewhere about others, may name them: {one_line(each.path)} ({each.what}, {each.written_at:%Y-%m-%d})")


def _print_search(found) -> None:
    """Prints what was searched for traces of the erased listeners, and what could not be searched."""
    click.echo(f"Searched: {found.files:,} files ({found.bytes:,} bytes), databases, archives and texts in them")
    is_partial = found.opaque or found.doubtful or found.pictures or found.public_texts
    click.echo("  nothing is left in what could be searched" if is_partial else "  nothing is left")
    pages = [path for path in found.doubtful if path.startswith("site/")]
    others = [path for path in found.doubtful if not path.startswith("site/")]
    for path in others[:20]:
        click.echo(f"  check by hand: {one_line(path)} contains the name, which is also a word of the program or of this machine")
    if pages:
        click.echo(
            f"  {len(pages):,} rendered files of other listeners contain the name, which is also a word of every page, or stands in songs, "
            "artists or albums that somebody heard; pages that named the person as a person are removed. Look at one to be sure: "
            f"{one_line(pages[0])}"
        )
    for path, why in list(found.opaque.items())[:20]:
        click.echo(f"  not searched: {one_line(path)} ({why})")
    if found.pictures:
        click.echo(f"  {found.pictures:,} pictures were searched for embedded text, but not for drawn text")
    if found.public_texts:
        click.echo(f"  {found.public_texts:,} of their titles and names are in a public catalogue or chart too, and were not searched for")
    if (more := max(0, len(others) - 20) + max(0, len(found.opaque) - 20)) > 0:
        click.echo(f"  and {more:,} more: see --json")
