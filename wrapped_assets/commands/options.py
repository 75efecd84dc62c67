"""The options and output functions that commands share."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import click

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.vocabulary.periods import Month, is_of_edition

if TYPE_CHECKING:
    from wrapped_assets.storage.root import Root

YEAR = click.IntRange(1, 9999)
DEFAULT_DATA = "data/home"
SPANS = "2025-03, 2024-12..2025-02, 2025-to-date, 2020s or all"


class FilePath(click.Path):
    """A path; an empty text, as of a variable that a script did not set, is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("an empty path: expected a file or a folder", param, ctx)
        return super().convert(value, param, ctx)


def data_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds `--data`, which may also stand before the command's name; the function receives `data: Path`."""

    def chosen(ctx: click.Context, _parameter: click.Parameter, value: str | None) -> Path:
        return Path(value or ctx.find_root().obj or DEFAULT_DATA)

    return click.option(
        "--data", callback=chosen, type=FilePath(file_okay=False), help="The data root. Defaults to WRAPPED_DATA or data/home."
    )(function)


def _enter(ctx: click.Context, _parameter: click.Parameter, value: str | None) -> None:
    ctx.meta[_ENVIRONMENT] = value


_ENVIRONMENT = "wrapped_assets.environment"
env_option = click.option(
    "--env", metavar="NAME", callback=_enter, expose_value=False, help="Use a named environment. It stores only what differs from main."
)

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document to standard output.")


def selection_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds `--year`, `--from`, `--to`, `--span` and `--select`, which select cells."""
    for option in (
        click.option("--span", "spans", multiple=True, metavar="NAME", help=f"Months to tell as one: {SPANS}. Can be repeated."),
        click.option(
            "--select", "selection", help="Assets, separated by commas: name, layer/*, +name (with inputs), name+ (with consumers)."
        ),
        click.option("--to", "last", metavar="YYYY-MM", help="The last month to include."),
        click.option("--from", "first", metavar="YYYY-MM", help="The first month to include."),
        click.option("--year", "years", type=YEAR, multiple=True, help="A year to include. Can be repeated."),
    ):
        function = option(function)
    return function


def open_project(data: Path) -> Any:
    """Opens the project of an existing data root."""
    from wrapped_assets.building.situate import Project
    from wrapped_assets.storage.root import Root

    return Project(in_environment(Root.open(data)))


def open_glance(data: Path) -> Any:
    """An existing data root for a command that changes nothing: what it does not ask for is not loaded."""
    from wrapped_assets.building.glance import Glance
    from wrapped_assets.storage.root import Root

    return Glance(in_environment(Root.open(data)))


def in_environment(root: Root) -> Root:
    """The root within the environment given by `--env`, or the root itself."""
    name = click.get_current_context().meta.get(_ENVIRONMENT)
    return root.within(name) if name else root


def chosen_cells(
    years: Collection[int], first: str | None, last: str | None, selection: str | None, spans: Collection[str] = ()
) -> Callable[[Any], set[Any]] | None:
    """A function that returns the cells of a situation that the options select; None for all. InputError for conflicting options."""
    from wrapped_assets.contracts.selection import selected_assets
    from wrapped_assets.planning.situation import cells_of

    if not (years or first or last or selection or spans):
        return None
    if bool(years) + bool(first or last) + bool(spans) > 1:
        raise InputError("--year, --from with --to, and --span choose periods: give one of them")
    try:
        low, high = Month.parse(first or "0001-01"), Month.parse(last or "9999-12")
    except ValueError as error:
        raise InputError(str(error)) from None
    if high < low:
        raise InputError(f"--from {first} lies after --to {last}")

    def wanted(situation: Any) -> set[Any]:
        keys = None if selection is None else selected_assets(situation.graph, selection)
        found = cells_of(situation, keys, None)
        if spans:
            from wrapped_assets.building.spans import cells_in

            return found & cells_in(situation, spans)
        if years:
            return {cell for cell in found if any(is_of_edition(cell, year) for year in years)}
        touched = {str(year) for year in range(low.year, high.year + 1)} if first or last else set()
        return (
            {cell for cell in found if cell.period in touched or (len(cell.period) == 7 and low <= Month.parse(cell.period) <= high)}
            if first or last
            else found
        )

    return wanted


def month_or_span(month: str | None, span: str | None) -> str:
    """The span that `--month` or `--span` names. InputError where the month is none."""
    if month is not None:
        try:
            return str(Month.parse(month))
        except ValueError as error:
            raise InputError(f"--month: {error}") from None
    assert span is not None
    return span


def say_damage(root: Root) -> bool:
    """Prints damaged files that no build can recompute to standard error; returns whether there are any."""
    from wrapped_assets.storage.verified import not_built_again

    found = not_built_again(root)
    for error in found.values():
        click.echo(error, err=True)
    return bool(found)


@contextmanager
def progress_bar(label: str, total: int | None = None, *, in_pipes: bool = False) -> Iterator[Callable[[int, int | None], None]]:
    """Shows progress on standard error; yields a function that takes (done, total).

    On a terminal it is a bar. In a pipe nothing is shown, or a line every four seconds with `in_pipes`.
    """
    if not sys.stderr.isatty() and not os.environ.keys() & {"FORCE_COLOR", "TTY_COMPATIBLE"}:  # as Rich finds, once it is loaded
        yield _lines(label) if in_pipes else lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines(label) if in_pipes else lambda done, total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(label, total=total)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _lines(label: str) -> Callable[[int, int | None], None]:
    said = monotonic()

    def show(done: int, total: int | None) -> None:
        nonlocal said
        if monotonic() - said >= 4:
            said = monotonic()
            click.echo(f"{label}: {done:,} of {total:,}" if total else f"{label}: {done:,}", err=True)

    return show


def emit(content: bytes, out: str | None = None, *, of: tuple[Root, str, Iterable[int] | None] | None = None) -> None:
    """Writes to a file, atomically, or to standard output. A pipe or a device takes the bytes as they are, and a link stays one.

    For content about people, `of` holds the data root, the command and the listeners' ids (None: possibly anybody). The file's path is
    recorded with it, so that an erasure can report where copies may be.
    """
    if out is None:
        click.echo(content, nl=False)
        return
    from wrapped_assets.storage.outputs import note_output
    from wrapped_assets.storage.whole_files import write_whole

    path = Path(out)
    if path.is_dir():
        raise InputError(f"{out} is a folder: expected the name of a file")
    if path.exists() and not path.is_file():
        path.write_bytes(content)  # a file of its own would take the place of the device
        return
    if of is not None:
        root, what, listener_ids = of
        note_output(root, path.resolve(), what, listener_ids)
    write_whole(path.resolve(), content)


def emit_json(document: object) -> None:
    """Prints one JSON document to standard output."""
    from wrapped_assets.serving.documents import as_json

    emit(as_json(document))
