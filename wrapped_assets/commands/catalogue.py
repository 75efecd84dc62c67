"""`wrapped catalogue`: imports and lists versions of the music catalogue."""

from __future__ import annotations

from pathlib import Path

import click

from wrapped_assets.commands.options import FilePath, data_option, emit_json, json_option, progress_bar


@click.group("catalogue")
def command() -> None:
    """Manage the catalogue of artists, release groups, recordings, genres and places. It is versioned; an edition uses one version."""


@command.command("import", epilog="Example: wrapped catalogue import artists.csv release_groups.csv genres-tree.yaml")
@click.argument("paths", nargs=-1, required=True, type=FilePath(path_type=Path))
@data_option
@json_option
def import_(paths, data, as_json) -> None:
    """Read files, folders or zips in the formats of docs/catalogue.md and merge them into a new version.

    New rows replace rows of the newest version. Importing the same files again changes nothing.
    """
    from wrapped_assets.building.cataloguing import import_catalogue
    from wrapped_assets.contracts.errors import InputError
    from wrapped_assets.contracts.known_source import KNOWN_REASONS
    from wrapped_assets.storage.new_root import filled

    if missing := [str(path) for path in paths if not path.exists()]:
        raise InputError(f"no such file or folder: {', '.join(missing)}")
    rows = 0
    with progress_bar("reading") as show:

        def count(more: int) -> None:
            nonlocal rows
            rows += more
            show(rows, None)

        report = filled(data, None, lambda root: import_catalogue(root, paths, count))
    assert report.version is not None
    if as_json:
        emit_json(
            {
                "version": report.version.name, "is_new": report.is_new, "files": dict(sorted(report.files.items())),
                "rows": dict(sorted(report.rows.items())), "rejected": dict(sorted(report.rejected.items())),
                "rejected_path": report.kept_at, "unrecognised": report.unrecognised, "tables": _tables(report.version),
            }
        )  # fmt: skip
        return
    click.echo(f"{sum(report.files.values())} files read: {sum(report.rows.values()):,} rows")
    for reason, count_ in sorted(report.rejected.items()):
        click.echo(f"  {count_:,} rejected: {KNOWN_REASONS.get(reason, reason)}")
    if report.kept_at:
        click.echo(f"  rejected rows are kept in {report.kept_at}")
    if report.unrecognised:
        click.echo(f"  {report.unrecognised} other files are not in a catalogue format")
    click.echo(f"version {report.version.name} " + ("is new" if report.is_new else "exists already: nothing changed"))
    _print(report.version)
    click.echo("Next: wrapped build")


@command.command("show", epilog="Example: wrapped catalogue show")
@data_option
@json_option
def show(data, as_json) -> None:
    """List all versions with their tables and row counts, oldest first."""
    from wrapped_assets.storage import catalogues
    from wrapped_assets.storage.root import Root

    found = catalogues.versions(Root.open(data))
    newest = found[-1].name if found else None
    if as_json:
        emit_json(
            {
                "newest": newest,
                "versions": [
                    {"version": one.name, "number": one.number, "imported_at": one.imported_at.isoformat(), "tables": _tables(one)}
                    for one in found
                ],
            }
        )
        return
    if not found:
        click.echo("No catalogue yet. Run `wrapped catalogue import PATH…`; docs/catalogue.md describes the formats")
    for one in found:
        click.echo(f"{one.name}  number {one.number}, imported {one.imported_at:%Y-%m-%d %H:%M} UTC" + (", newest" * (one.name == newest)))
        _print(one)


def _tables(version) -> dict[str, int]:
    return {asset.removeprefix("sources/known_"): file.row_count for asset, file in sorted(version.files.items())}


def _print(version) -> None:
    for table, rows in _tables(version).items():
        click.echo(f"  {table.replace('_', ' ')}: {rows:,}")
