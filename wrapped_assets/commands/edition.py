"""`wrapped edition`: shows and changes a year's rules, window and launch."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from wrapped_assets.commands.options import YEAR, data_option, emit_json, env_option, in_environment, json_option

_DAY = click.DateTime(["%Y-%m-%d"])


@click.group("edition")
def command() -> None:
    """Show or change the rules, window and launch of a year's edition."""


@command.command("set", epilog="Example: wrapped edition set 2025 --rules spotify-compatible --until 2025-11-15")
@click.argument("year", type=click.IntRange(2002, 2100))
@click.option("--rules", help="default, spotify-compatible or listenbrainz-compatible.")
@click.option("--from", "window_start", type=_DAY, help="First local day, inclusive.")
@click.option("--until", "window_end", type=_DAY, help="Last local day, inclusive.")
@click.option("--launch-at", help="When the edition goes public: ISO 8601 with an offset, such as 2025-12-03T09:00:00Z.")
@click.option("--catalogue", help="The catalogue version to use, or `newest`. `wrapped catalogue show` lists them.")
@click.option(
    "--frozen/--thawed", "is_frozen", default=None, help="Freeze all-listener figures, as publishing does, or let builds change them."
)
@data_option
@env_option
@json_option
def set_(year, rules, window_start, window_end, launch_at, catalogue, is_frozen, data, as_json) -> None:
    """Change the given settings and keep the others. Only that year's cells become stale."""
    from wrapped_assets.contracts.errors import InputError
    from wrapped_assets.storage import catalogues, registry
    from wrapped_assets.storage.launches import instant_given
    from wrapped_assets.storage.root import Root

    start, end = (day and day.date() for day in (window_start, window_end))
    root = in_environment(Root.open_or_make(data))
    if catalogue not in (None, registry.NEWEST) and not catalogues.files_of(root, catalogue):
        raise InputError(f"no catalogue version {catalogue!r}: `wrapped catalogue show` lists them")
    launch = instant_given(launch_at, "--launch-at")
    edition = registry.set_edition(
        root, year, rules=rules, window_start=start, window_end=end, launch_at=launch, catalogue=catalogue, is_frozen=is_frozen
    )
    if launch and launch <= datetime.now(UTC):
        click.echo(f"This launch is over: readers see {year} as soon as it is published.", err=True)
    _print([edition], as_json)


@command.command("show", epilog="Example: wrapped edition show 2025")
@click.argument("year", type=YEAR, required=False)
@data_option
@env_option
@json_option
def show(year, data, as_json) -> None:
    """Show the edition of one year, or of every year that has plays."""
    from wrapped_assets.building.readiness import played_years
    from wrapped_assets.commands.options import open_project
    from wrapped_assets.storage import registry

    project = open_project(data)
    years = [year] if year else played_years(project.situation())
    _print(list(registry.editions(project.root, years).values()), as_json)


def _print(editions, as_json: bool) -> None:
    from wrapped_assets.storage import registry

    documents = [
        {
            "year": edition.year, "rules": edition.rules.name,
            "window": [edition.rules.window_start.isoformat(), edition.rules.window_end.isoformat()],
            "catalogue": edition.catalogue or registry.NEWEST, "is_frozen": edition.is_frozen,
            "launch_at": edition.launch_at and edition.launch_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        }
        for edition in editions
    ]  # fmt: skip
    if as_json:
        emit_json(documents[0] if len(documents) == 1 else documents)
        return
    for found in documents:
        frozen = ", its population and catalogue frozen" if found["is_frozen"] else ""
        launch = f", launch {found['launch_at']}" if found["launch_at"] else ""
        click.echo(f"{found['year']}: rules {found['rules']}, window {found['window'][0]} to {found['window'][1]}{launch}{frozen}")
