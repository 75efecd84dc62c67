"""`wrapped env`: named environments."""

from __future__ import annotations

import click

from wrapped_assets.commands.options import data_option, emit_json, json_option
from wrapped_assets.storage.root import Root


@click.group("env")
def command() -> None:
    """Named environments: changed logic or rules beside what readers see.

    `wrapped build --env NAME` computes only what differs from the main environment.
    """


@command.command("list", epilog="Example: wrapped env list")
@data_option
@json_option
def list_(data, as_json) -> None:
    """The environments there are, and how many cells of their own they hold."""
    from wrapped_assets.storage.environments import environments

    found = environments(Root.open(data))
    if as_json:
        emit_json({"environments": [{"name": name, "cells": count} for name, count in found.items()]})
        return
    for name, count in found.items():
        click.echo(f"{name}: {count:,} cells of its own")
    if not found:
        click.echo("There are none: `wrapped build --env NAME` makes one.")


@command.command("promote", epilog="Example: wrapped env promote trial")
@click.argument("name")
@data_option
@json_option
def promote(name, data, as_json) -> None:
    """Make an environment's cells and editions the main ones, at once."""
    from wrapped_assets.storage.environments import promote as carry_out

    count = carry_out(Root.open(data), name)
    if as_json:
        emit_json({"promoted": name, "cells": count})
    else:
        click.echo(f"{count:,} cells of {name} are the main ones now")


@command.command("discard", epilog="Example: wrapped env discard trial")
@click.argument("name")
@data_option
@json_option
def discard(name, data, as_json) -> None:
    """Throw an environment away; the main one is untouched."""
    from wrapped_assets.storage.environments import discard as carry_out

    count = carry_out(Root.open(data), name)
    if as_json:
        emit_json({"discarded": name, "cells": count})
    else:
        click.echo(f"{name} and its {count:,} cells are gone")
