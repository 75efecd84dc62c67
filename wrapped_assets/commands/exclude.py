"""`wrapped exclude`: what a listener wants left out."""

from __future__ import annotations

import re

import click

from wrapped_assets.commands.options import data_option, emit_json, json_option, open_project


@click.command("exclude", epilog='Example: wrapped exclude --listener ana --artist "White Noise for Sleep" --hours 23-06')
@click.option("--listener", required=True)
@click.option("--artist", "artists", multiple=True, help="An artist's name.")
@click.option("--recording", "recordings", multiple=True, help="ARTIST - TITLE.")
@click.option("--release-group", "release_groups", multiple=True, help="ARTIST - ALBUM.")
@click.option("--hours", "hours", multiple=True, metavar="HH-HH", help="Local hours, the end exclusive; may pass midnight.")
@data_option
@json_option
def command(listener, artists, recordings, release_groups, hours, data, as_json) -> None:
    """Leave something out of a listener's figures, over the whole past; the next build recomputes that listener's bucket alone."""
    from wrapped_assets.building.excluding import target_of
    from wrapped_assets.contracts.errors import InputError
    from wrapped_assets.storage import registry

    project = open_project(data)
    person = registry.find_listener(project.root, listener)
    wishes = [("artist", text) for text in artists] + [("recording", text) for text in recordings]
    wishes += [("release_group", text) for text in release_groups]
    found = [(kind, target_of(kind, text), text) for kind, text in wishes]
    for text in hours:
        if not (match := re.fullmatch(r"(\d{1,2})-(\d{1,2})", text)) or not all(int(hour) <= 24 for hour in match.groups()):
            raise InputError(f"expected hours as HH-HH, such as 23-06; got {text!r}")
        found.append(("hours", int(match[1]) % 24 * 100 + int(match[2]) % 24, text))
    if not found:
        raise InputError("say what to leave out: --artist, --recording, --release-group or --hours")
    for kind, target, text in found:
        registry.exclude(project.root, person, kind, target, text)
    if as_json:
        emit_json({"excluded": len(found)})
    else:
        click.echo(f"{len(found)} left out from the next build on")
