"""`wrapped approve`: somebody's signature under staged bytes."""

from __future__ import annotations

import click

from wrapped_assets.commands.options import data_option, emit_json, json_option


@click.command("approve", epilog="Example: wrapped approve 4f1c… --role privacy --by 'Ada Lind'")
@click.argument("export_id")
@click.option("--role", required=True, help="In which role: privacy, marketing.")
@click.option("--by", "approver", required=True, help="Who approves.")
@data_option
@json_option
def command(export_id, role, approver, data, as_json) -> None:
    """Approve exactly the bytes that are staged; other bytes need another approval. Nobody approves in two roles."""
    from wrapped_assets.storage import exports
    from wrapped_assets.storage.root import Root

    found = exports.approve(Root.open(data), export_id, role, approver)
    if as_json:
        emit_json({"export": export_id, "role": role, "approver": approver, "sha256": found.sha256})
    else:
        click.echo(f"Approved in the role {role}: SHA-256 {found.sha256}")
