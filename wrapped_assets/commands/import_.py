"""`wrapped import`: reads listening history into the data root."""

from __future__ import annotations

from pathlib import Path

import click

from wrapped_assets.commands.options import FilePath, data_option, emit_json, json_option, progress_bar


@click.command("import", epilog="Example: wrapped import my_spotify_data.zip --listener ana --time-zone Europe/Lisbon")
@click.argument("paths", nargs=-1, required=True, type=FilePath(path_type=Path))
@click.option("--listener", help="The listener's name. Not needed for an event log, which names its listeners.")
@click.option("--time-zone", help="The listener's IANA time zone, such as Europe/Lisbon. Defaults to UTC for a new listener.")
@click.option("--country", help="Two letters, ISO 3166.")
@click.option("--birth-year", type=click.IntRange(1890, 2030))
@click.option("--place", help="The listener's city, such as Porto, used for local charts.")
@click.option("--format", "format_", help="The input format, if it cannot be recognised by content.")
@click.option("--buckets", type=int, help="For a new data root: the number of listener buckets, a power of two. `rebucket` changes it.")
@click.option("--lake", metavar="s3://…", help="For a new data root: the object store for its imported plays and computed cells (fixed).")
@data_option
@json_option
@click.pass_context
def command(ctx, paths, listener, time_zone, country, birth_year, place, format_, buckets, lake, data, as_json) -> None:
    """Import listening history from a file, folder, zip or tar. The format is recognised by content.

    Importing the same file again changes nothing. Good rows are kept even if others are rejected; the exit code is 2 if nothing was
    accepted or something could not be read.
    """
    from wrapped_assets.storage.memory import use_again

    use_again()  # before Polars is imported
    from wrapped_assets.building.importing import Person, import_paths
    from wrapped_assets.contracts.errors import InputError
    from wrapped_assets.storage.new_root import filled
    from wrapped_assets.storage.registry import checked_time_zone, time_zone_warning

    if listener is not None and not listener.strip():
        raise InputError("--listener is empty: expected the name to show in the story")
    if country is not None and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise InputError(f"expected a country as two letters (ISO 3166), such as PT; got {len(country)} characters")
    warning = time_zone_warning(time_zone := checked_time_zone(time_zone)) if time_zone else None
    if warning:
        click.echo(f"note: {warning}", err=True)
    if missing := [str(path) for path in paths if not path.exists()]:
        raise InputError(f"no such file or folder: {', '.join(missing)}")
    person = Person(listener, time_zone, country and country.upper(), birth_year, place) if listener else None
    rows = 0
    with progress_bar("importing") as show:

        def count(more: int) -> None:
            nonlocal rows
            rows += more
            show(rows, None)

        def land(root):
            return import_paths(root, paths, person, format=format_, progress=count)

        report = filled(data, buckets, land, lambda report: not report.is_nothing, lake)
    if as_json:
        plays = {"accepted": report.accepted, "duplicate": report.duplicate, "rejected": dict(sorted(report.rejected.items()))}
        emit_json(
            {
                "files": report.files,
                "plays": plays,
                "listener": report.listener,
                "unrecognised": report.unrecognised,
                "problems": report.problems,
                "unread": {"rows": report.unread_rows, "bytes": report.unread_bytes},
            }
        )
    else:
        _print(report)
    if report.is_nothing or not report.is_everything_read:
        ctx.exit(InputError.exit_code)


def _print(report) -> None:
    from wrapped_assets.contracts.source import REJECTION_REASONS
    from wrapped_assets.kernels.one_line import one_line

    click.echo(f"{report.files} files read: {report.accepted:,} plays accepted, {report.duplicate:,} duplicate")
    for reason, count in sorted(report.rejected.items()):
        click.echo(f"  {count:,} rejected: {REJECTION_REASONS.get(reason, reason)}")
    for problem in report.problems:
        click.echo(f"  note: {one_line(problem)}")
    if report.unrecognised:
        click.echo(f"  {len(report.unrecognised)} other files contain no listening history")
    if not report.is_everything_read:
        lost = f" ({report.unread_rows:,} rows, {report.unread_bytes:,} bytes)" if report.unread_rows or report.unread_bytes else ""
        kept = "what could be read is kept; " if not report.is_nothing else ""
        click.echo(f"Not everything could be read{lost}: {kept}repair the file and import it again; nothing is counted twice")
    elif report.is_nothing:
        click.echo("Nothing was accepted: no figures change")
    else:
        click.echo("Next: wrapped build")
