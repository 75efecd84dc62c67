"""`wrapped own-data`: gives a listener a copy of everything stored about them."""

from __future__ import annotations

from pathlib import Path

import click

from wrapped_assets.commands.options import FilePath, data_option, emit_json, json_option, open_project


@click.command("own-data", epilog="Example: wrapped own-data ana --locale de --out ana_copy")
@click.argument("listener", required=False)
@click.option("--out", type=FilePath(path_type=Path), help="A new folder. Defaults to exports/delivered/CASE in the data root.")
@click.option("--locale", default="en", show_default=True, metavar="TAG", help="The page's language: en, de, es or ja.")
@click.option("--zip", "is_zipped", is_flag=True, help="Also write everything as one zip file.")
@click.option("--expire", "is_expiring", is_flag=True, help="Instead of exporting, destroy copies that are thirty days old or older.")
@data_option
@json_option
def command(listener, out, locale, is_zipped, is_expiring, data, as_json) -> None:
    """Write everything stored about a listener: a readable page, and each table as JSON and CSV with a dictionary of columns.

    Private sessions, short plays, copies and rejected rows are in it; nothing of anybody else is. The page says to fetch it within seven
    days. Whatever lies in the data root is destroyed by `wrapped expire` after thirty; run that daily. What was written
    elsewhere with --out is for whoever asked to delete. Check who is asking before you hand it over.
    """
    from wrapped_assets.contracts.errors import InputError
    from wrapped_assets.privacy import retention
    from wrapped_assets.privacy.recalling import OWN_DATA
    from wrapped_assets.rights.own_data import delivery
    from wrapped_assets.storage import registry

    project = open_project(data)
    if is_expiring == (listener is not None):
        raise InputError("expected either a listener's name or --expire")
    if is_expiring:
        gone = retention.expire(project.root, only=OWN_DATA)
        emit_json({"destroyed": gone}) if as_json else click.echo(f"{gone} folders of own data destroyed")
        return
    person = registry.find_listener(project.root, listener)
    tell(delivery.own_data(project.root, project.graph, person, out=out, locale=locale, zipped=is_zipped), as_json)


def tell(done, as_json: bool) -> None:
    """Prints where the folder is, without the listener's name."""
    record = done.record
    if as_json:
        told = {"export": record.name, "id": record.export_id, "sha256": record.sha256, "folder": str(done.folder)}
        emit_json({**told, "rows": done.rows, "files": done.files})
        return
    click.echo(f"own_data is delivered: {len(done.files)} files with {done.rows:,} rows in {done.folder}")
    click.echo(f"Open index.html first. Case {record.export_id}; `wrapped expire` destroys it after thirty days")
