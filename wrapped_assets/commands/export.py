"""`wrapped export`: delivers a privacy-filtered export that passes its gates."""

from __future__ import annotations

from pathlib import Path

import click

from wrapped_assets.commands.options import YEAR, FilePath, data_option, emit_json, json_option


@click.command("export", epilog="Example: wrapped export charts --year 2025 --out charts_2025")
@click.argument("name")
@click.option("--year", type=YEAR, required=True, help="The published edition to export.")
@click.option("--out", type=FilePath(path_type=Path), help="A new folder. Defaults to exports/delivered in the data root.")
@click.option("--recipient", help="For partner_extract: the recipient, as named in consents to partner:RECIPIENT.")
@click.option("--listener", help="For own_data: the listener. The export covers all years.")
@click.option("--restate", metavar="REASON", help="Replace a frozen release, and say why. Refused if the difference would reveal a person.")
@click.option("--redraw", is_flag=True, help="Draw new noise after a failed run, and spend privacy budget for it again.")
@data_option
@json_option
def command(name, year, out, recipient, listener, restate, redraw, data, as_json) -> None:
    """Stage, check, clear and deliver an export with its privacy report. If a gate refuses, nothing is written (exit code 4)."""
    from wrapped_assets.contracts.errors import InputError
    from wrapped_assets.exports.all_exports import export_named
    from wrapped_assets.privacy.gate import export_through_the_gate
    from wrapped_assets.storage.root import Root

    root = Root.open(data)
    export = None if name == "own_data" else export_named(name)
    if (name == "partner_extract") != (recipient is not None):
        raise InputError("partner_extract needs --recipient, and no other export takes it")
    if (name == "own_data") != (listener is not None):
        raise InputError("own_data needs --listener, and no other export takes it; `wrapped own-data NAME` does the same")
    if out is not None and out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError("the output folder exists and is not empty: choose a new one with --out")
    if export is None:  # of all years: whatever is left out would not be everything
        from wrapped_assets.commands.own_data import tell
        from wrapped_assets.contracts.graph import project_graph
        from wrapped_assets.rights.own_data.delivery import own_data
        from wrapped_assets.storage.registry import find_listener

        tell(own_data(root, project_graph(), find_listener(root, listener), out=out), as_json)
        return
    folder = out or root.path / "exports" / "delivered" / f"{name}-{year}{f'-{recipient}' if recipient else ''}"
    record, files = export_through_the_gate(root, export, year, folder, recipient=recipient, restate=restate, redraw=redraw)
    if as_json:
        emit_json({"export": name, "year": year, "id": record.export_id, "sha256": record.sha256, "folder": str(folder), "files": files})
        return
    click.echo(f"{name} {year} is delivered: {', '.join(files)}")
    click.echo(f"Read privacy_report.html first. Export {record.export_id}")
