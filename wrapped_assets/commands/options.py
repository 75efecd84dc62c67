"""Options and printing that commands share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import click

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.periods import Month

DEFAULT_DATA = "data/home"


def data_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--data`, after the command as well as before it; the function gets `data: Path`."""

    def chosen(ctx: click.Context, _parameter: click.Parameter, value: str | None) -> Path:
        return Path(value or ctx.find_root().obj or DEFAULT_DATA)

    return click.option(
        "--data", callback=chosen, type=click.Path(file_okay=False), help="The data root; WRAPPED_DATA or data/home unless given."
    )(function)


def _enter(ctx: click.Context, _parameter: click.Parameter, value: str | None) -> None:
    ctx.meta[_ENVIRONMENT] = value


_ENVIRONMENT = "wrapped_assets.environment"
env_option = click.option(
    "--env", metavar="NAME", callback=_enter, expose_value=False, help="A named environment: over the main one, it holds only what differs."
)

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")


def selection_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--year`, `--from`, `--to` and `--select`: which cells."""
    for option in (
        click.option(
            "--select", "selection", help="Assets: names, layer/*, +name with what it reads, name+ with what reads it; commas between."
        ),
        click.option("--to", "last", metavar="YYYY-MM", help="The last month."),
        click.option("--from", "first", metavar="YYYY-MM", help="The first month."),
        click.option("--year", "years", type=int, multiple=True, help="A year; may be given several times."),
    ):
        function = option(function)
    return function


def open_project(data: Path) -> Any:
    """The project at a data root that exists."""
    from wrapped_assets.building.situate import Project

    return Project(in_environment(Root.open(data)))


def in_environment(root: Root) -> Root:
    """The root as seen from the environment that the command names."""
    name = click.get_current_context().meta.get(_ENVIRONMENT)
    return root.within(name) if name else root


def chosen_cells(years: Collection[int], first: str | None, last: str | None, selection: str | None) -> Callable[[Any], set[Any]] | None:
    """What the options select of a situation's cells; None for everything. InputError where they contradict."""
    from wrapped_assets.building.situate import cells_of

    if not (years or first or last or selection):
        return None
    if years and (first or last):
        raise InputError("give --year, or --from and --to, not both")
    try:
        low, high = Month.parse(first or "0001-01"), Month.parse(last or "9999-12")
    except ValueError as error:
        raise InputError(str(error)) from None
    if high < low:
        raise InputError(f"--from {first} lies after --to {last}")

    def wanted(situation: Any) -> set[Any]:
        keys = None if selection is None else selected_assets(situation.graph, selection)
        found = cells_of(situation, keys, None)
        if years:
            return {cell for cell in found if int(cell.period[:4]) in years}
        touched = {str(year) for year in range(low.year, high.year + 1)} if first or last else set()
        return (
            {cell for cell in found if cell.period in touched or (len(cell.period) == 7 and low <= Month.parse(cell.period) <= high)}
            if first or last
            else found
        )

    return wanted


def selected_assets(graph: Any, selection: str) -> set[str]:
    """The keys that a selection names; InputError for a name that does not exist."""
    found: set[str] = set()
    for term in filter(None, (part.strip() for part in selection.split(","))):
        bare = term.strip("+")
        if bare.endswith("/*"):
            keys = {key for key in graph.by_key if key.startswith(bare[:-1])}
            if not keys:
                raise InputError(
                    f"no asset in the layer {bare[:-2]!r}; layers are {', '.join(sorted({key.partition('/')[0] for key in graph.by_key}))}"
                )
        else:
            keys = {graph.find(bare).key}
        found |= keys
        for key in keys:
            found |= graph.upstream(key) if term.startswith("+") else set()
            found |= graph.downstream(key) if term.endswith("+") else set()
    return found


def say_damage(root: Root) -> bool:
    """Says on standard error what is known to be damaged and no build computes again; returns whether anything is."""
    from wrapped_assets.storage.verified import not_built_again

    found = not_built_again(root)
    for error in found.values():
        click.echo(error, err=True)
    return bool(found)


@contextmanager
def progress_bar(label: str, total: int | None = None, *, in_pipes: bool = False) -> Iterator[Callable[[int, int | None], None]]:
    """A bar on a terminal's standard error; in a pipe nothing, or a line every four seconds. The callable takes (done, total)."""
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
    """To a file, whole or not at all; or to standard output.

    `of` says of what is about people: the data root, the command, and whom it is about (None: anybody). It is noted where the file goes,
    so that an erasure can say where to look.
    """
    if out is None:
        click.echo(content, nl=False)
        return
    from wrapped_assets.storage.files import write_whole
    from wrapped_assets.storage.outputs import note_output

    if of is not None:
        root, what, listener_ids = of
        note_output(root, Path(out), what, listener_ids)
    write_whole(Path(out), content)


def emit_json(document: object) -> None:
    """One JSON document on standard output."""
    from wrapped_assets.serving.formats import as_json

    emit(as_json(document))
