"""`wrapped exclude`: adds, lists and removes a listener's exclusions."""

from __future__ import annotations

import re

import click

from wrapped_assets.commands.options import data_option, emit_json, json_option, open_project

KINDS = {"artist": "artist", "show": "artist", "recording": "recording", "release_group": "release_group"}


@click.command("exclude", epilog='Example: wrapped exclude --listener ana --artist "White Noise for Sleep" --hours 23-06')
@click.option("--listener", required=True)
@click.option("--artist", "artists", multiple=True, help="An artist's name.")
@click.option("--show", "shows", multiple=True, help="A podcast's name.")
@click.option("--recording", "recordings", multiple=True, help="ARTIST - TITLE.")
@click.option("--release-group", "release_groups", multiple=True, help="ARTIST - ALBUM.")
@click.option("--genre", "genres", multiple=True, help="A genre and its kinds, by the newest catalogue.")
@click.option("--device", "devices", multiple=True, metavar="KIND", help="A kind of device, such as speaker; where the export says it.")
@click.option("--hours", "hours", multiple=True, metavar="HH-HH", help="Local hours, end exclusive; may pass midnight.")
@click.option("--undo", is_flag=True, help="Remove the given exclusions.")
@click.option("--list", "is_list", is_flag=True, help="Show the listener's exclusions. Changes nothing.")
@data_option
@json_option
def command(listener, artists, shows, recordings, release_groups, genres, devices, hours, undo, is_list, data, as_json) -> None:
    """Exclude something from all of a listener's figures, past years included. The next build recomputes only that listener's bucket."""
    from wrapped_assets.building.excluding import targets_of_genre
    from wrapped_assets.contracts.errors import InputError
    from wrapped_assets.storage import genre_exclusions, registry

    project = open_project(data)
    person = registry.find_listener(project.root, listener)
    named = {"artist": artists, "show": shows, "recording": recordings, "release_group": release_groups, "device": devices, "hours": hours}
    wishes = [(kind, text) for kind, texts in named.items() for text in texts]
    if is_list:
        if wishes or genres or undo:
            raise InputError("--list cannot be combined with other options")
        _list(registry.exclusions_of(project.root, person), as_json)
        return
    if not wishes and not genres:
        raise InputError(
            "expected --artist, --show, --recording, --release-group, --genre, --device or --hours; --list shows the current exclusions"
        )
    found = [(KINDS.get(kind, kind), _target(kind, text), text) for kind, text in wishes]
    if undo:
        missing = [text for kind, target, text in found if not registry.include_again(project.root, person, kind, target)]
        missing += [genre for genre in genres if not genre_exclusions.include_genre(project.root, person, genre)]
        if missing:
            raise InputError(f"not excluded, so --undo cannot remove it: {', '.join(missing)}; --list shows the current exclusions")
    else:
        of_genres = {genre: targets_of_genre(project.root, genre) for genre in genres}
        for kind, target, text in found:
            registry.exclude(project.root, person, kind, target, text)
        for genre, targets in of_genres.items():
            genre_exclusions.exclude_genre(project.root, person, genre, targets)
    count = len(found) + len(genres)
    if as_json:
        emit_json({"included" if undo else "excluded": count})
    else:
        click.echo(f"{count} {'counted again' if undo else 'excluded'} from the next build on")


def _target(kind: str, text: str) -> int:
    from wrapped_assets.building.excluding import target_of
    from wrapped_assets.contracts.errors import InputError
    from wrapped_assets.vocabulary.devices import CODES

    if kind == "device":
        if text not in CODES:
            raise InputError(f"expected a kind of device, one of {', '.join(CODES)}; got {text!r}")
        return CODES[text]
    if kind != "hours":
        return target_of(KINDS[kind], text)
    if not (match := re.fullmatch(r"(\d{1,2})-(\d{1,2})", text)) or not all(int(hour) <= 24 for hour in match.groups()):
        raise InputError(f"expected hours as HH-HH, such as 23-06; got {text!r}")
    if int(match[1]) == int(match[2]):
        raise InputError(f"the hours {text} end where they begin: expected two that differ, such as 23-06, or 00-24 for the whole day")
    return int(match[1]) % 24 * 100 + int(match[2]) % 24


def _list(exclusions: list[tuple[str, str]], as_json: bool) -> None:
    from wrapped_assets.kernels.one_line import one_line
    from wrapped_assets.storage.genre_exclusions import PREFIX

    told = (("genre", label.removeprefix(PREFIX)) if label.startswith(PREFIX) else (kind, label) for kind, label in exclusions)
    exclusions = list(dict.fromkeys(told))
    if as_json:
        emit_json({"exclusions": [{"kind": kind, "name": label} for kind, label in exclusions]})
        return
    for kind, label in exclusions:
        click.echo(f"{kind.replace('_', ' ')}: {one_line(label)}")
    if not exclusions:
        click.echo("no exclusions")
