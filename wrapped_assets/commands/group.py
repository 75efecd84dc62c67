"""`wrapped group`: listeners who want their year told together."""

from __future__ import annotations

import click

from wrapped_assets.commands.options import data_option, emit_json, json_option


@click.group("group")
def command() -> None:
    """Groups whose year is told together; only members who agreed are ever shown."""


@command.command("set", epilog="Example: wrapped group set home --listener ana --listener bo")
@click.argument("name")
@click.option("--listener", "listeners", multiple=True, required=True, help="A member; given once for each.")
@data_option
@json_option
def set_(name, listeners, data, as_json) -> None:
    """Make a group, or change whom it has. Figures follow with the next build."""
    from wrapped_assets.storage import groups
    from wrapped_assets.storage.root import Root

    _print(groups.set_group(Root.open(data), name, listeners), as_json)


@command.command("show", epilog="Example: wrapped group show home")
@click.argument("name")
@data_option
@json_option
def show(name, data, as_json) -> None:
    """The members who agreed to be told with the group, and how many have not."""
    from wrapped_assets.storage import groups
    from wrapped_assets.storage.root import Root

    _print(groups.find_group(Root.open(data), name), as_json)


def _print(group, as_json: bool) -> None:
    members = [member.name for member in group.members]
    if as_json:
        emit_json({"group": group.name, "members": members, "silent_count": group.silent_count})
        return
    from wrapped_assets.kernels.one_line import one_line

    click.echo(f"{one_line(group.name)}: {', '.join(map(one_line, members)) or 'nobody who agreed yet'}")
    if group.silent_count:
        click.echo(f"{group.silent_count} more did not agree to it: `wrapped consent set LISTENER group given` records that they do")
