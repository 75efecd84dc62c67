"""`wrapped story`: the story of a listener's or a group's year."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from wrapped_assets.commands.options import (
    SPANS,
    YEAR,
    FilePath,
    data_option,
    emit,
    env_option,
    json_option,
    month_or_span,
    open_project,
    progress_bar,
)


@click.command("story", epilog="Example: wrapped story --listener ana --year 2025 --format html --out ana-2025.html")
@click.option("--listener", help="The listener's name.")
@click.option("--group", "group_name", help="A group's name instead of a listener's. See `wrapped group`.")
@click.option("--year", type=YEAR)
@click.option("--month", metavar="YYYY-MM", help="A month in review instead of a year.")
@click.option("--span", metavar="NAME", help=f"Other months instead of a year: {SPANS}.")
@click.option("--format", "format_", type=click.Choice(["text", "json", "html", "png", "apng"]), default="text", show_default=True)
@click.option("--cards", "has_cards", is_flag=True, help="With --format png: each card upright and square, in the folder --out.")
@click.option(
    "--library", type=FilePath(exists=True, file_okay=False, path_type=Path), metavar="DIR",
    help="With --format html: excerpts of the year's first songs from your own files (MP3, WAV), silent until you press ♪.",
)
@click.option("--out", type=FilePath(), help="Write to this file, or with --cards to this folder, instead of standard output.")
@click.option("--locale", help="The language: ar, de, en, es or ja, optionally with a region such as de-AT.  [default: en]")
@data_option
@env_option
@json_option
def command(listener, group_name, year, month, span, format_, has_cards, library, out, locale, data, as_json) -> None:
    """Tell a listener's year as text, JSON, a self-contained HTML page, a share card (PNG) or fifteen silent seconds (APNG).

    A group has no pictures. A month or another span is computed first where it is stale, and kept; later builds keep it up to date.
    """
    from wrapped_assets.contracts.errors import InputError
    from wrapped_assets.serving.telling import story_data
    from wrapped_assets.storage import registry
    from wrapped_assets.storage.groups import find_group
    from wrapped_assets.stories.language import language_of, spoken

    language = language_of(spoken([locale], otherwise=locale) if locale else "en")
    format_ = "json" if as_json else format_
    if format_ in ("png", "apng") and out is None and sys.stdout.isatty():
        raise InputError("a picture cannot be printed to a terminal: choose a file with --out")
    if has_cards and (format_ != "png" or out is None or group_name):
        raise InputError("--cards draws the cards of one listener: expected --listener, --format png, and a folder with --out")
    if library and (format_ != "html" or year is None or group_name):
        raise InputError("--library lets a page of one listener's year sound: expected --listener, --year and --format html")
    if bool(listener) == bool(group_name):
        raise InputError("expected either --listener or --group")
    if sum(given is not None for given in (year, month, span)) != 1:
        raise InputError("expected one of --year, --month and --span")
    if group_name and year is None:
        raise InputError("a group is told by the year: give --year")
    project = open_project(data)
    if group_name:
        from wrapped_assets.serving.together import group_data

        page = _of_a_group(replace(group_data(project, group_name, year), locale=language.tag), format_)
        members = [member.listener_id for member in find_group(project.root, group_name).members]
        emit(page, out, of=(project.root, "story", members))
        return
    person = registry.find_listener(project.root, listener)
    if year is None:
        from wrapped_assets.serving.spans import span_story

        with progress_bar("building") as show:
            data_of = span_story(project, person, month_or_span(month, span), show)
    else:
        data_of = story_data(project, person, year)
    told = replace(data_of, locale=language.tag)
    if has_cards:
        from wrapped_assets.stories.page import story_html

        write_cards(story_html(told), Path(out), (project.root, "story", [person.listener_id]))
        return
    if library:
        emit(_with_sound(project, person, told, library), out, of=(project.root, "story", [person.listener_id]))
        return
    page = rendered(told, format_, colour=out is None and sys.stdout.isatty())
    emit(page, out, of=(project.root, "story", [person.listener_id]))


def _with_sound(project, person, told, library: Path) -> bytes:
    """The page with excerpts of the listener's own files; what was found of them is said on standard error."""
    from wrapped_assets.serving.sound import sounds_of
    from wrapped_assets.stories.page import story_html

    with progress_bar("looking through the library") as show:
        found = sounds_of(project, person, told.year, library, lambda looked: show(looked, None))
    click.echo(f"{found.found} of {found.looked_for} songs have a file, {found.cut} of them an excerpt (MP3 and WAV can be cut)", err=True)
    return story_html(told, sounds=found.of_cards).encode()


def write_cards(page: str, folder: Path, of) -> None:
    """Every card's pictures as NN-card-WIDTHxHEIGHT.png, and what each says in alt.txt for those who do not see it."""
    from wrapped_assets.stories.pictures import pictures_of

    pictures = pictures_of(page)
    folder.mkdir(parents=True, exist_ok=True)
    places = {name: place for place, name in enumerate(dict.fromkeys(each.name for each in pictures), 1)}
    lines = []
    for each in pictures:
        file = f"{places[each.name]:02d}-{each.name}-{each.size[0]}x{each.size[1]}.png"
        emit(each.png, str(folder / file), of=of)
        lines.append(f"{file}: {each.alt}\n")
    emit("".join(lines).encode(), str(folder / "alt.txt"), of=of)
    click.echo(f"{len(pictures)} pictures of {len(places)} cards in {folder}", err=True)


def _of_a_group(told, format_: str) -> bytes:
    """The group's story in the format, as bytes."""
    from wrapped_assets.contracts.errors import InputError
    from wrapped_assets.serving.documents import as_json
    from wrapped_assets.stories.group import group_html, group_json, group_text

    if format_ in ("png", "apng"):
        raise InputError("a group has no share card: choose --format text, json or html")
    return as_json(group_json(told)) if format_ == "json" else (group_html if format_ == "html" else group_text)(told).encode()


def rendered(told, format_: str, *, colour: bool = False) -> bytes:
    """The listener's story in the format, as bytes."""
    from wrapped_assets.serving.documents import as_json

    if format_ == "json":
        from wrapped_assets.stories.document import story_json

        return as_json(story_json(told))
    if format_ == "html":
        from wrapped_assets.stories.page import story_html

        return story_html(told).encode()
    if format_ == "apng":
        from wrapped_assets.stories.animation import animated_picture
        from wrapped_assets.stories.page import story_html

        return animated_picture(story_html(told))
    if format_ == "png":
        from wrapped_assets.stories.card import story_png_card

        return story_png_card(told)
    from wrapped_assets.stories.terminal import story_text

    return story_text(told, colour=colour).encode()
