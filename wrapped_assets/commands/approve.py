"""`wrapped approve`: records a person's approval of a staged export."""

from __future__ import annotations

from pathlib import Path

import click

from wrapped_assets.commands.options import FilePath, data_option, emit_json, json_option


@click.command("approve", epilog="Example: wrapped approve 4f1c… --role privacy --by 'Ada Lind'")
@click.argument("export_id")
@click.option("--role", required=True, help="The approver's role: privacy or marketing.")
@click.option("--by", "approver", required=True, help="The approver's name.")
@click.option("--key", type=FilePath(path_type=Path, dir_okay=False), help="Sign with this private key (`wrapped privacy key`).")
@data_option
@json_option
def command(export_id, role, approver, key, data, as_json) -> None:
    """Approve the staged bytes. Any change to them needs a new approval. Nobody can approve in two roles.

    Where the policy needs two roles, each approval must be signed with a key that `wrapped privacy signer` lists for its name and role.
    """
    from wrapped_assets.privacy import signing
    from wrapped_assets.storage.root import Root

    found = signing.approve(Root.open(data), export_id, role, approver, key)
    if as_json:
        emit_json({"export": export_id, "role": role, "approver": approver, "sha256": found.sha256})
    else:
        click.echo(f"Approved in the role {role}: SHA-256 {found.sha256}")
