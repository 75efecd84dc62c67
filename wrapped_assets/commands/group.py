"""`wrapped group`: groups of listeners who share a story."""

from __future__ import annotations

import click

from wrapped_assets.commands.options import data_option, emit_json, json_option


@click.group("group")
def command() -> None:
    """Manage groups that share a story. Only members who agreed are shown."""


@command.command("set", epilog="Example: wrapped group set home --listener ana --listener bo")
@click.argument("name")
@click.option("--listener", "listeners", multiple=True, required=True, help="A member. Repeat for each member.")
@data_option
@json_option
def set_(name, listeners, data, as_json) -> None:
    """Create a group or replace its members. The next build updates its figures."""
    from wrapped_assets.storage import groups
    from wrapped_assets.storage.root import Root

    _print(groups.set_group(Root.open(data), name, listeners), as_json)


@command.command("show", epilog="Example: wrapped group show home")
@click.argument("name")
@data_option
@json_option
def show(name, data, as_json) -> None:
    """Show the members who agreed to be in the group's story, and how many did not."""
    from wrapped_assets.storage import groups
    from wrapped_assets.storage.root import Root

    _print(groups.find_group(Root.open(data), name), as_json)


def _print(group, as_json: bool) -> None:
    members = [member.name for member in group.members]
    if as_json:
        emit_json({"group": group.name, "members": members, "silent_count": group.silent_count})
        return
    from wrapped_assets.kernels.one_line import one_line

    click.echo(f"{one_line(group.name)}: {', '.join(map(one_line, members)) or 'no member has agreed yet'}")
    if group.silent_count:
        click.echo(f"{group.silent_count} more members have not agreed: `wrapped consent set LISTENER group given` records an agreement")
