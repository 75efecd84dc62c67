"""`wrapped consent`: records and shows what listeners agree to."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from wrapped_assets.commands.options import FilePath, data_option, emit_json, json_option, progress_bar


@click.group("consent")
def command() -> None:
    """Record or show what a listener's data may be used for beyond their own story. Everything is closed until they agree."""


@command.command("set", epilog="Example: wrapped consent set ana be_found given --method web_form --until 2030-01-01")
@click.argument("listener")
@click.argument("purpose")
@click.argument("state")
@click.option("--method", default="command_line", show_default=True, help="How the listener said it, as one word: web_form, letter.")
@click.option(
    "--notice", type=FilePath(exists=True, dir_okay=False, path_type=Path),
    help="A file with the text that the listener was shown; its name is the version. Defaults to the purpose's meaning.",
)  # fmt: skip
@click.option("--from", "valid_from", metavar="WHEN", help="Valid from this day, or instant with offset. Defaults to now.")
@click.option("--until", "valid_until", metavar="WHEN", help="Valid until this day or instant, exclusive. Defaults to no end.")
@data_option
@json_option
def set_(listener, purpose, state, method, notice, valid_from, valid_until, data, as_json) -> None:
    """Record what a listener said: STATE is given, withdrawn, refused, objected or expired.

    PURPOSE is be_found, recommend, share_plays, group, marketing, artist_statistics, charts, fan_naming or partner:RECIPIENT.
    Records are only added, never changed. The next build updates the figures.
    """
    from wrapped_assets.storage import consents, registry
    from wrapped_assets.storage.root import Root

    root = Root.open(data)
    person = registry.find_listener(root, listener)
    consents.record(
        root, person, purpose, state, method=method, notice=_notice(notice),
        valid_from=_instant(valid_from, "--from"), valid_until=_instant(valid_until, "--until"),
    )  # fmt: skip
    is_open = person.listener_id in consents.standing(root, purpose, datetime.now(UTC))
    if as_json:
        emit_json({"purpose": purpose, "state": state, "is_open": is_open})
    else:
        click.echo(f"recorded; {purpose} is now {'open' if is_open else 'closed'}")


@command.command("import", epilog="Example: wrapped consent import consents.csv")
@click.argument("path", type=FilePath(path_type=Path), metavar="FILE")
@data_option
@json_option
def import_(path, data, as_json) -> None:
    """Record consents from a CSV or Parquet file with listener, purpose, state and valid_from, and optionally valid_until and method.

    The import is all or nothing, and repeating it changes nothing. A row with the state `restricted` and no purpose restricts all
    processing of the listener. Rows of listeners that are not imported yet are counted and skipped.
    """
    from wrapped_assets.building.consenting import import_consents
    from wrapped_assets.contracts.errors import InputError
    from wrapped_assets.storage.root import Root

    if not path.is_file():
        raise InputError(f"no such file: {path}")
    rows = 0
    root = Root.open(data)
    with progress_bar("reading") as show:

        def count(more: int) -> None:
            nonlocal rows
            rows += more
            show(rows, None)

        report = import_consents(root, path, count)
    if as_json:
        emit_json(vars(report))
        return
    click.echo(f"{report.added:,} events recorded, {report.restricted:,} listeners restricted, {report.known_before:,} rows known before")
    if report.unknown_listeners:
        click.echo(f"  {report.unknown_listeners:,} rows name unknown listeners: import their listening history first")
    click.echo("Next: wrapped build")


@command.command("show", epilog="Example: wrapped consent show ana")
@click.argument("listener")
@data_option
@json_option
def show(listener, data, as_json) -> None:
    """Show what a listener currently agrees to, and the history of their answers."""
    from wrapped_assets.storage import consents, registry, restrictions
    from wrapped_assets.storage.root import Root
    from wrapped_assets.vocabulary.purposes import PURPOSES, purpose_named

    root, now = Root.open(data), datetime.now(UTC)
    person = registry.find_listener(root, listener)
    events = consents.history(root, person.listener_id)
    names = [*PURPOSES, *sorted({event.purpose for event in events} - PURPOSES.keys())]
    is_open = {name: person.listener_id in consents.standing(root, name, now) for name in names}
    since = restrictions.restriction_of(root, person.listener_id)
    if as_json:
        hidden = ("event_id", "listener_id")
        emit_json(
            {
                "listener": listener, "restricted_since": since and _text(since),
                "purposes": [{"purpose": name, "is_open": is_open[name], "meaning": purpose_named(name).meaning} for name in names],
                "history": [{name: _text(value) for name, value in vars(event).items() if name not in hidden} for event in events],
            }
        )  # fmt: skip
        return
    if since:
        click.echo(f"restricted since {since.date()}: every purpose is closed, including those agreed to")
    for name in names:
        click.echo(f"{'open  ' if is_open[name] else 'closed'}  {name}: {purpose_named(name).meaning}")
    for event in events:
        until = f" until {_text(event.valid_until)}" if event.valid_until else ""
        click.echo(f"{_text(event.valid_from)}  {event.purpose} {event.state}{until}, by {event.method}, notice {event.notice_version}")


def _notice(path: Path | None):
    """The notice in a file; the file's name is its version."""
    from wrapped_assets.contracts.errors import InputError
    from wrapped_assets.storage.consents import Notice

    if path is None:
        return None
    try:
        return Notice(path.stem, path.read_bytes().decode())
    except UnicodeDecodeError:
        raise InputError("expected --notice to be a UTF-8 text file with the words that were shown") from None


def _instant(text: str | None, option: str) -> datetime | None:
    """The instant of the text; a day means its start in UTC. InputError for anything else."""
    from wrapped_assets.contracts.errors import InputError

    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
        if len(text) == len("2025-12-03"):
            instant = instant.replace(tzinfo=UTC)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise InputError(f"expected {option} as a day such as 2025-12-03, or an instant such as 2025-12-03T09:00:00Z; got {text!r}")
    return instant.astimezone(UTC)


def _text(value: object) -> object:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value
