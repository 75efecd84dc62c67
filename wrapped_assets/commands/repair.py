"""`wrapped repair`: compares stored files with their recorded hashes and marks damaged ones for recomputation."""

from __future__ import annotations

import click

from wrapped_assets.commands.options import data_option, emit_json, env_option, in_environment, json_option


@click.command("repair", epilog="Example: wrapped repair --check")
@click.option("--check", is_flag=True, help="Only report damage. Exit with 3 if there is any.")
@click.option("--share", is_flag=True, help="With --check: only the seventh checked longest ago, as Dagster does nightly.")
@click.option("--take-store", is_flag=True, help="First make the object store this registry's: the one that had it is gone for good.")
@data_option
@env_option
@json_option
@click.pass_context
def command(ctx, check, share, take_store, data, as_json) -> None:
    """Rebuild the manifest from the records beside the files, and compare every stored file with what was recorded of it.

    For after the database was lost or restored from an older backup, and whenever a disk is in doubt. What is damaged is noted:
    `wrapped build` computes it again; where only a backup helps, the message says so. Listeners and what was landed are not in the
    records: restore them with the database, or import the exports again.
    """
    from wrapped_assets.contracts.errors import InputError
    from wrapped_assets.storage.records import Rebuilt, rebuild_manifest
    from wrapped_assets.storage.root import Root
    from wrapped_assets.storage.scrub import scrub, scrub_share
    from wrapped_assets.storage.sweep import swept
    from wrapped_assets.storage.unheard_erasures import unheard_erasures

    if take_store and check:
        raise InputError("--check changes nothing: leave it out to take the store over")
    if share and not check:
        raise InputError("--share needs --check, because a repair compares everything")
    opened = Root.open(data)
    root = in_environment(opened.taking_store().replaying() if take_store else opened)
    unknown = 0 if check else root.files.find_unknown()
    rebuilt = Rebuilt() if check else rebuild_manifest(root)
    if take_store:
        root.documents.take_found()
    if unknown:
        swept(root)
        root.documents.remove_unnamed()
    found = scrub_share(root) if share else scrub(root)
    if as_json:
        emit_json(
            {
                "cells": rebuilt.cells, "lost": len(rebuilt.lost), "damaged_records": rebuilt.damaged_records, "files": found.files,
                "bytes": found.bytes, "damaged": [{"path": path, "error": error} for path, error in sorted(found.faults.items())],
            }
        )  # fmt: skip
    else:
        if not check:
            click.echo(f"{rebuilt.cells:,} cells are in the manifest")
        for path in rebuilt.damaged_records:
            click.echo(f"rewritten from the manifest: {path}")
        for _, error in sorted(found.faults.items()):
            click.echo(error, err=True)
        compared = f"{found.files:,} files ({found.bytes / 1e6:,.1f} MB) compared"
        click.echo(f"{compared}: all as recorded" if found.is_sound else f"{compared}: {len(found.faults):,} not as recorded")
        if not found.is_sound:
            click.echo("Next: wrapped build")
        if take_store and unheard_erasures(root):
            click.echo("Next: wrapped erase --replay")
    if check and not found.is_sound:
        ctx.exit(3)
