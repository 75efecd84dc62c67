"""`wrapped playlist`: writes a playlist as a file that other players read."""

from __future__ import annotations

from pathlib import Path

import click

from wrapped_assets.commands.options import (
    SPANS,
    YEAR,
    FilePath,
    data_option,
    emit,
    emit_json,
    json_option,
    month_or_span,
    open_project,
    progress_bar,
)
from wrapped_assets.library.paths import PATHS


@click.command("playlist", epilog="Example: wrapped playlist your_top_songs --listener ana --year 2025 --format xspf --out top.xspf")
@click.argument("name")
@click.option("--listener", required=True)
@click.option("--year", type=YEAR)
@click.option("--month", metavar="YYYY-MM", help="The month. With --year, of a monthly playlist; defaults to the latest with songs.")
@click.option("--span", metavar="NAME", help=f"Other months instead of a year: {SPANS}. With --year, the number of a span of `chapters`.")
@click.option("--format", "format_", required=True, help="jspf, xspf, m3u, m3u8, csv or spotify.")
@click.option(
    "--library", type=FilePath(exists=True, file_okay=False, path_type=Path), metavar="DIR",
    help="With m3u, m3u8 or xspf: play the listener's own audio files below this folder.",
)
@click.option(
    "--paths", type=click.Choice(PATHS),
    help="With --library: where paths begin. Defaults to the playlist's folder if it lies in the library, otherwise absolute.",
)
@click.option("--listenbrainz", is_flag=True, help="With jspf: leave out the tracks that ListenBrainz refuses.")
@click.option("--out", type=FilePath(dir_okay=False), help="Write to this file instead of standard output.")
@data_option
@json_option
def command(name, listener, year, month, span, format_, library, paths, listenbrainz, out, data, as_json) -> None:
    """Write a playlist. Tracks that the format cannot hold are listed with the reason.

    With --library, tracks are found by the tags of the files, or by their names where they have none. Nothing is kept of the library.
    """
    from wrapped_assets.contracts.errors import InputError
    from wrapped_assets.playlists.formats.registry import format_named
    from wrapped_assets.storage import registry

    try:
        writer = format_named(format_)
    except ValueError as error:
        raise InputError(str(error)) from None
    if listenbrainz and writer.strict is None:
        raise InputError(f"--listenbrainz is for the format that ListenBrainz imports: write --format jspf, not {format_}")
    if library and not writer.holds_files:
        raise InputError(f"--library is for players that open files: write --format m3u, m3u8 or xspf, not {format_}")
    if paths and not library:
        raise InputError("--paths says how the files of a library are named: choose the library with --library")
    if as_json and out is None:
        raise InputError("--json prints a report to standard output: choose a file for the playlist with --out")
    project = open_project(data)
    person = registry.find_listener(project.root, listener)
    playlist = _of_months(project, name, person, year, month, span, bool(library))
    if library:
        playlist, searched = _local(playlist, library, out, paths)
    written = (writer.strict if listenbrainz and writer.strict else writer.render)(playlist)
    emit(written.content, out, of=(project.root, "playlist", [person.listener_id]))
    groups = {"left_out": written.left_out, "passed_over": written.passed_over}
    count = len(playlist.tracks) - len(written.left_out)
    report = {} if library is None else {"library": searched}
    if as_json:
        listed = {
            key: [{"position": each.position, "recording_name": each.recording_name, "reason": each.reason} for each in found]
            for key, found in groups.items()
        }
        emit_json({"playlist": name, "format": format_, "tracks": count, **listed, "note": written.note, "out": out, **report})
        return
    if library:
        click.echo(f"{searched['audio_files']:,} audio files looked at, {searched['unreadable']:,} files or folders unreadable", err=True)
    click.echo(f"{count} of {len(playlist.tracks)} tracks written{written.note and f'. {written.note}'}", err=True)
    for verb, found in (("left out", written.left_out), ("some players will pass over", written.passed_over)):
        for each in found:
            click.echo(f"  {verb}: {each.position}. {each.recording_name or '?'}: {each.reason}", err=True)


def _of_months(project, name: str, person, year: int | None, month: str | None, span: str | None, all_names: bool):
    """The playlist of a year, or of a part of it that the playlist itself has; otherwise of the months that are named."""
    from wrapped_assets.contracts.errors import InputError
    from wrapped_assets.serving.telling import asset_of_playlist, playlist_data

    if "month" in asset_of_playlist(project, name).grain and month and year is None:
        year = int(month_or_span(month, None)[:4])
    if year is not None:
        if span is not None and not (span.isdecimal() and int(span) > 0):
            raise InputError("with --year, --span is the number of a span of `chapters`: leave --year out for other months")
        return playlist_data(project, name, person, year, month, int(span) if span else None, all_names=all_names)
    if (month is None) == (span is None):
        raise InputError("expected one of --year, --month and --span")
    from wrapped_assets.serving.spans import span_playlist

    with progress_bar("building") as show:
        return span_playlist(project, name, person, month_or_span(month, span), all_names=all_names, progress=show)


def _local(playlist, library: Path, out: str | None, paths: str | None):
    """The playlist with the files of the library, and how many were looked at."""
    from wrapped_assets.library.paths import writer
    from wrapped_assets.library.search import found_in, with_files

    with progress_bar("looking through the library") as show:
        found = found_in(library, playlist.tracks, lambda looked: show(looked, None))
    told = with_files(playlist, found, writer(library, Path(out) if out else None, paths))
    return told, {"audio_files": found.audio, "unreadable": found.unreadable}
