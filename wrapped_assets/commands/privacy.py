"""`wrapped privacy`: who is responsible for the data, who may sign exports, and the record of processing."""

from __future__ import annotations

from pathlib import Path

import click

from wrapped_assets.commands.options import FilePath, data_option, emit, emit_json, json_option


@click.group("privacy")
def command() -> None:
    """Name who is responsible for the data and who signs exports; write the record of processing."""


@command.command("controller", epilog="Example: wrapped privacy controller --name 'Example Radio' --contact privacy@example.org")
@click.option("--name", help="The person or organisation that decides what the data is used for.")
@click.option("--contact", help="How listeners reach them: an e-mail address, a page, or a postal address.")
@data_option
@json_option
def controller(name, contact, data, as_json) -> None:
    """Show or name who is responsible. Exports to others and pages for other machines need it; it stands in reports and own data."""
    from wrapped_assets.contracts.errors import InputError
    from wrapped_assets.kernels.one_line import one_line
    from wrapped_assets.storage import responsible
    from wrapped_assets.storage.root import Root

    root = Root.open(data)
    if (name is None) != (contact is None):
        raise InputError("expected --name and --contact together, or neither to show who is named")
    if name is not None:
        responsible.set_controller(root, responsible.Controller(one_line(name), one_line(contact)))
    found = responsible.responsible(root).controller
    if as_json:
        emit_json({"controller": vars(found) if found else None})
    else:
        click.echo(f"{found.name}, {found.contact}" if found else "Nobody is named: use --name and --contact")


@command.command("key", epilog="Example: wrapped privacy key ~/ada.key")
@click.argument("path", type=FilePath(path_type=Path, dir_okay=False))
@json_option
def key(path, as_json) -> None:
    """Write a new private key for signing exports, and print its public key. Each signer makes and keeps their own."""
    from wrapped_assets.privacy.signing import make_key

    public = make_key(path)
    if as_json:
        emit_json({"public_key": public})
    else:
        click.echo(f"Keep the file to yourself. Public key: {public}")


@command.command("signer", epilog="Example: wrapped privacy signer 'Ada Lind' --role privacy --public-key 8f1c…")
@click.argument("name")
@click.option("--role", required=True, help="The role in which they sign: privacy or marketing.")
@click.option("--public-key", required=True, help="As `wrapped privacy key` printed it.")
@data_option
@json_option
def signer(name, role, public_key, data, as_json) -> None:
    """List who may sign exports in a role, with their public key. A newer key of the same name and role replaces the older one."""
    from wrapped_assets.storage.responsible import Signer, add_signer
    from wrapped_assets.storage.root import Root

    add_signer(Root.open(data), Signer(name, role, public_key))
    if as_json:
        emit_json({"name": name, "role": role, "public_key": public_key})
    else:
        click.echo(f"The key {public_key[:16]}… may now sign in the role {role}")


@command.command("record", epilog="Example: wrapped privacy record --out record.md")
@click.option("--out", type=FilePath(dir_okay=False), help="Write to this file instead of standard output.")
@data_option
def record(out, data) -> None:
    """Write the record of processing activities (GDPR Art. 30) and a skeleton of the impact assessment (Art. 35), as Markdown."""
    from wrapped_assets.documentation.processing import processing_page
    from wrapped_assets.storage.responsible import responsible
    from wrapped_assets.storage.root import Root

    emit(processing_page(responsible(Root.open(data)).controller).encode(), out, of=None)  # it names no listener
