"""`wrapped env`: lists, promotes and deletes named environments."""

from __future__ import annotations

import click

from wrapped_assets.commands.options import data_option, emit_json, json_option


@click.group("env")
def command() -> None:
    """Manage named environments, which try changed logic or rules beside the main results.

    `wrapped build --env NAME` computes only what differs from the main environment.
    """


@command.command("list", epilog="Example: wrapped env list")
@data_option
@json_option
def list_(data, as_json) -> None:
    """List the environments and how many cells each holds."""
    from wrapped_assets.storage.environments import environments
    from wrapped_assets.storage.root import Root

    found = environments(Root.open(data))
    if as_json:
        emit_json({"environments": [{"name": name, "cells": count} for name, count in found.items()]})
        return
    for name, count in found.items():
        click.echo(f"{name}: {count:,} cells of its own")
    if not found:
        click.echo("No environments. `wrapped build --env NAME` creates one.")


@command.command("promote", epilog="Example: wrapped env promote trial")
@click.argument("name")
@data_option
@json_option
def promote(name, data, as_json) -> None:
    """Replace the main cells and editions with the environment's, in one step."""
    from wrapped_assets.storage.environments import promote as carry_out
    from wrapped_assets.storage.root import Root

    count = carry_out(Root.open(data), name)
    if as_json:
        emit_json({"promoted": name, "cells": count})
    else:
        click.echo(f"{count:,} cells of {name} are now in the main environment")


@command.command("discard", epilog="Example: wrapped env discard trial")
@click.argument("name")
@data_option
@json_option
def discard(name, data, as_json) -> None:
    """Delete an environment. The main one does not change."""
    from wrapped_assets.storage.environments import discard as carry_out
    from wrapped_assets.storage.root import Root

    count = carry_out(Root.open(data), name)
    if as_json:
        emit_json({"discarded": name, "cells": count})
    else:
        click.echo(f"deleted {name} and its {count:,} cells")
