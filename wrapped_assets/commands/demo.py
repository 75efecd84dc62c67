"""`wrapped demo`: imports, builds and publishes the bundled household."""

from __future__ import annotations

import json
from pathlib import Path

import click

from wrapped_assets.commands.options import data_option, emit_json, json_option, progress_bar

HOUSEHOLD = Path(__file__).parents[2] / "data" / "household"


@click.command("demo", epilog="Example: wrapped demo --serve")
@click.option("--serve", is_flag=True, help="Serve the story pages afterwards.")
@data_option
@json_option
@click.pass_context
def command(ctx, serve, data, as_json) -> None:
    """Import the bundled data, build, publish, and print a story card."""
    from wrapped_assets.storage.threads import one_thread

    one_thread()  # before Polars is imported
    from wrapped_assets.building.build import build
    from wrapped_assets.building.cataloguing import import_catalogue
    from wrapped_assets.building.consenting import import_consents
    from wrapped_assets.building.importing import Person, import_paths
    from wrapped_assets.building.publishing import publish_edition
    from wrapped_assets.building.situate import Project
    from wrapped_assets.commands.story import rendered
    from wrapped_assets.contracts.errors import InputError
    from wrapped_assets.storage.groups import set_group
    from wrapped_assets.storage.root import Root

    if not HOUSEHOLD.exists():
        raise InputError(
            "the bundled household is not here: run the demo from a checkout, or make one with `wrapped synth --household --out DIR`"
        )
    household = json.loads((HOUSEHOLD / "household.json").read_text())
    root = Root.open_or_make(data)
    say = (lambda text: None) if as_json else click.echo
    for member in household["listeners"]:
        person = Person(member["name"], member["time_zone"], member["country"], member["birth_year"], member["place"])
        report = import_paths(root, [HOUSEHOLD / name for name in member["files"]], person)
        rejected = sum(report.rejected.values())
        say(f"imported {member['name']}: {report.accepted:,} plays, {report.duplicate:,} duplicate, {rejected:,} rejected")
    catalogue = import_catalogue(root, [HOUSEHOLD / "catalogue"])
    agreed = import_consents(root, HOUSEHOLD / "consents.csv")
    for group in household["groups"]:
        set_group(root, group["name"], group["listeners"])
    say(f"imported a catalogue of {sum(catalogue.rows.values()):,} rows and {agreed.added + agreed.known_before} answers about consent")
    project = Project(root)
    with progress_bar("building", in_pipes=not as_json) as show:
        built = build(project, progress=show)
    if built.failed:
        raise InputError(f"{len(built.failed)} cells failed: run `wrapped build` to see why")
    say(f"built {len(built.recomputed):,} cells in {built.seconds:.1f} s, {built.unchanged:,} were fresh")
    year = max(household["years"])
    publish_edition(project, year)
    stories = _stories(project, year)
    pages, lists = _write(project, household, stories, year, data)
    if as_json:
        emit_json({"recomputed": len(built.recomputed), "seconds": round(built.seconds, 3), "stories": pages, "playlists": lists})
    else:
        click.echo()
        click.echo(rendered(stories[household["listeners"][0]["name"]], "text").decode(), nl=False)
        click.echo("\nStories:   " + "\n           ".join(pages))
        click.echo("Playlists: " + "\n           ".join(lists))
        click.echo(
            f"\nNext: open a story in a browser; `wrapped ui{_flag(data)}` for the asset graph; `wrapped --help` for your own export."
        )
    if serve:
        ctx.invoke(_serve_command(), data=data)


def _flag(data: Path) -> str:
    from wrapped_assets.commands.options import DEFAULT_DATA

    return "" if str(data) == DEFAULT_DATA else f" --data {data}"


def _serve_command() -> click.Command:
    from wrapped_assets.commands.serve import command as serve

    return serve


def _stories(project, year: int) -> dict:
    """Every listener's story of the published year, by name."""
    from wrapped_assets.serving.rendered.gathering import stories_of
    from wrapped_assets.storage.publications import live_edition

    live = live_edition(project.root, year)
    buckets = range(live.paths.bucket_count)
    return {told.data.listener: told.data for bucket in buckets for told in stories_of(project, year, bucket, live)}


def _write(project, household: dict, stories: dict, year: int, data: Path) -> tuple[list[str], list[str]]:
    """Writes each listener's and group's page, and the first listener's playlists in every format.

    File names contain listeners' names, which is safe because the bundled people are fictional."""
    from wrapped_assets.commands.options import emit
    from wrapped_assets.commands.story import rendered
    from wrapped_assets.playlists.formats.registry import all_formats
    from wrapped_assets.serving.telling import playlists_of
    from wrapped_assets.serving.together import group_data
    from wrapped_assets.storage import registry
    from wrapped_assets.storage.groups import find_group
    from wrapped_assets.stories.group import group_html

    pages, lists = [], []
    for member in household["listeners"]:
        page = data / "stories" / f"{member['name']}-{year}.html"
        person = registry.find_listener(project.root, member["name"])
        emit(rendered(stories[member["name"]], "html"), str(page), of=(project.root, "story", [person.listener_id]))
        pages.append(str(page))
    for group in household["groups"]:
        page = data / "stories" / f"{group['name']}-{year}.html"
        shown = [member.listener_id for member in find_group(project.root, group["name"]).members]
        emit(group_html(group_data(project, group["name"], year)).encode(), str(page), of=(project.root, "story", shown))
        pages.append(str(page))
    hero = registry.find_listener(project.root, household["listeners"][0]["name"])
    for name, playlist in playlists_of(project, hero, year).items():
        for each in all_formats().values():
            path = data / "playlists" / f"{hero.name}-{year}-{name}.{each.name}{'' if each.suffix.strip('.') == each.name else each.suffix}"
            emit(each.render(playlist).content, str(path), of=(project.root, "playlist", [hero.listener_id]))
        lists.append(f"{data / 'playlists'}/{hero.name}-{year}-{name}.*")
    return pages, lists
